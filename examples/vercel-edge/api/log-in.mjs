// An agent in a function of Vercel's edge runtime: POST the id of a login to /api/log-in. It needs `npm install countersign`, and in
// the project's environment LIME_AGENT_TOKEN and CALLER_SECRET.
import { LimeLogin } from 'countersign/lime/login';

export const config = { runtime: 'edge' };

export default async function handler(request) {
  if (!isOurs(request)) return Response.json({ code: 'UNAUTHORIZED' }, { status: 401 });
  // The proof of work is solved on the function's only thread, which is to answer within 25 seconds.
  const agent = new LimeLogin({ powTimeoutMs: 10_000 });
  try {
    const { siteId, status } = await agent.login((await request.text()).trim(), { signal: request.signal });
    return Response.json({ siteId, status });
  } catch ({ code, message }) {
    return Response.json({ code, message }, { status: 502 });
  } finally {
    await agent.close();
  }
}

/** Whoever may call this can log in as the agent. */
function isOurs({ headers }) {
  const { CALLER_SECRET } = process.env;
  return Boolean(CALLER_SECRET) && headers.get('authorization') === `Bearer ${CALLER_SECRET}`;
}
