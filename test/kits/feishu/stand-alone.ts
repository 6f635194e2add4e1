import { startFeishuFake } from './fake.ts';

/** `node test/kits/feishu/stand-alone.ts [PORT] [EVENTS_URL]`: the fake tenant alone, for one's own scripts; `socket` as address: the long connection. Ends with Ctrl-C. */
const [port, eventsUrl] = process.argv.slice(2);
const socket = eventsUrl === 'socket';
const fake = await startFeishuFake({
  port: Number(port ?? 0),
  ...(socket ? { delivery: 'socket' as const } : eventsUrl ? { eventsUrl } : {}),
});
const chat = fake.world.addChat('oc_0123456789', { name: 'th-support' });
const agent = fake.world.addUser({ openId: 'ou_agent', name: 'mai' });
chat.members.add(agent.openId);

console.log(`FEISHU_BASE_URL=${fake.url}`);
console.log(`FEISHU_APP_ID=${fake.appId}`);
console.log(`FEISHU_APP_SECRET=${fake.appSecret}`);
console.log(`FEISHU_ENCRYPT_KEY=${fake.encryptKey}`);
console.log(`FEISHU_VERIFICATION_TOKEN=${fake.verificationToken}`);
console.log(`FEISHU_MODE=${socket ? 'socket' : 'webhook'}`);
console.log(`# group ${chat.id}, agent ${agent.openId}`);

process.once('SIGINT', () => {
  fake.close().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
});
