// An agent on Cloudflare Workers. Other Workers of the account log in with it by a service binding to it,
// `await env.AGENT.logIn(requestId)`; from the internet nobody can. Build it with wrangler; see wrangler.jsonc.
import { WorkerEntrypoint } from 'cloudflare:workers';
import { LimeLogin } from 'countersign/lime/login';
import { solve, warmUp } from 'countersign/pow';

// Clocks stand still while a Worker computes, so that only hashes can be counted: these are about half a second of CPU, and
// difficulty 18 takes 262,144 on average. Keep below what `limits.cpu_ms` allows.
const MAX_HASHES = 4_000_000;

export default class Agent extends WorkerEntrypoint {
  async logIn(requestId) {
    // One client a call: what one call has begun cannot be awaited in another.
    const agent = new LimeLogin({
      agentToken: this.env.LIME_AGENT_TOKEN,
      baseUrl: this.env.LIME_API_BASE,
      solver: solverWithin(MAX_HASHES),
    });
    try {
      const { siteId, status, proofOfWork } = await agent.login(requestId);
      return { siteId, status, hashes: proofOfWork.hashes };
    } finally {
      // The answer need not wait for it.
      this.ctx.waitUntil(agent.close());
    }
  }
}

/** Solves within this many hashes in all: where the platform refuses the first proof, a login takes a second one. */
function solverWithin(maxHashes) {
  let left = maxHashes;
  return {
    warmUp,
    async solve(options) {
      const solution = await solve({ ...options, maxHashes: left });
      left -= solution.hashes;
      return solution;
    },
  };
}
