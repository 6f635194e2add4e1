import { startDingTalkFake } from './fake.ts';

/** `node test/kits/dingtalk/stand-alone.ts [PORT]`: the fake organisation alone, for one's own scripts. Ends with Ctrl-C. */
const [port] = process.argv.slice(2);
const fake = await startDingTalkFake({ port: Number(port ?? 0), pingEveryMs: 10_000 });
const group = fake.world.addGroup('cidTHSUPPORT0000000000==', { title: 'th-support' });
const agent = fake.world.addUser({ id: 'manager1234', name: 'Mai' });
group.members.add(agent.id);

console.log(`DINGTALK_BASE_URL=${fake.apiUrl}`);
console.log(`DINGTALK_OAPI_BASE_URL=${fake.oapiUrl}`);
console.log(`DINGTALK_CLIENT_ID=${fake.world.app.clientId}`);
console.log(`DINGTALK_CLIENT_SECRET=${fake.clientSecret}`);
console.log(`DINGTALK_ROBOT_CODE=${fake.world.app.robotCode}`);
console.log(`DINGTALK_CARD_TEMPLATE_ID=${fake.cardTemplateId}`);
console.log(`# group ${group.id}, agent ${agent.id}`);

process.once('SIGINT', () => {
  fake.close().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
});
