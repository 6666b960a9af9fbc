// An agent on Bun logs in to a site. It needs `bun add countersign`, and LIME_AGENT_TOKEN, which Bun also reads from `.env`.
//
//   bun main.ts <id of the login>
import { LimeLogin } from 'countersign/lime/login';

const [requestId] = Bun.argv.slice(2);
await using agent = new LimeLogin();
const { status } = await agent.login(requestId);
console.log(status);
