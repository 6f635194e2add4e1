import { startSlackFake } from './fake.ts';

/** `node test/kits/slack/stand-alone.ts [PORT] [EVENTS_URL]`: the fake workspace alone, for one's own scripts. Ends with Ctrl-C. */
const [port, eventsUrl] = process.argv.slice(2);
const fake = await startSlackFake({ port: Number(port ?? 0), ...(eventsUrl ? { eventsUrl } : {}) });
const channel = fake.world.addChannel('C0123456789', { name: 'th-support' });
const agent = fake.world.addUser({ id: 'U0AGENT', name: 'mai' });
channel.members.add(agent.id);

console.log(`SLACK_API_URL=${fake.apiUrl}`);
console.log(`SLACK_BOT_TOKEN=${fake.botToken}`);
console.log(`SLACK_APP_TOKEN=${fake.appToken}`);
console.log(`SLACK_SIGNING_SECRET=${fake.signingSecret}`);
console.log(`# channel ${channel.id}, agent ${agent.id}`);

process.once('SIGINT', () => {
  fake.close().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
});
