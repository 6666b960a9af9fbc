// countersign: the clients by the front door.
import {
  AgentOtpClient,
  AxmeClient,
  CountersignError,
  createSolver,
  estimate,
  isCountersignError,
  LimeAgent,
  LimeSite,
  solvePow,
  TokenVerifier,
  verifyPow,
} from 'countersign';

export function clients(fetch: typeof globalThis.fetch) {
  return {
    agent: new LimeAgent({ agentToken: 'token', fetch }),
    site: new LimeSite({ siteToken: 'token', fetch, autoStart: false }),
    verifier: new TokenVerifier({ expectedDomain: 'tools.example.org', fetch }),
    otp: new AgentOtpClient({ apiKey: 'key', fetch }),
    axme: new AxmeClient({ apiKey: 'key', fetch }),
  };
}

export async function proof(challenge: string): Promise<boolean> {
  const solver = createSolver({ threads: 1 });
  const { nonce } = await solver.solve({ challenge, difficulty: 1 });
  await solver.close();
  const other: string = (await solvePow({ challenge, difficulty: 1 })).nonce;
  const { expectedMs }: { readonly expectedMs: number } = await estimate(1);
  return expectedMs >= 0 && [nonce, other].every((nonce) => verifyPow({ challenge, nonce, difficulty: 1 }));
}

export function codeOf(error: unknown): string | undefined {
  if (isCountersignError(error)) return error.code;
  return error instanceof CountersignError ? error.message : undefined;
}
