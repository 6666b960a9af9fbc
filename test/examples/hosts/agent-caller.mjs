// A Worker that logs in by the example's, to which it is bound as AGENT.
export { default as Agent } from '../../../examples/cloudflare-agent/worker.mjs';

export default {
  async fetch(request, env) {
    try {
      return Response.json(await env.AGENT.logIn(await request.text()));
    } catch ({ message }) {
      return Response.json({ message }, { status: 500 });
    }
  },
};
