// An agent on Deno logs in to a site. It needs `deno add npm:countersign`, and no permission but these; the proof of work is
// solved in threads without any.
//
//   LIME_AGENT_TOKEN=… deno run --allow-env=LIME_AGENT_TOKEN,LIME_API_BASE --allow-net=lime.pics main.ts <id of the login>
import { LimeLogin } from 'countersign/lime/login';

const [requestId] = Deno.args;
await using agent = new LimeLogin();
const { status } = await agent.login(requestId);
console.log(status);
