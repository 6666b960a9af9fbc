import { expect } from 'vitest';
import { run } from '../../src/cli/run.js';
import type { StartedEmulator } from '../../src/emulator/node/index.js';

export interface Given {
  readonly env?: Record<string, string>;
  readonly isTerminal?: boolean;
  readonly signal?: AbortSignal;
  /** Called with what goes to standard error. */
  readonly onErr?: (text: string) => void;
}

/** Runs the command in this process, as the emulator's agent, and sees to it that it prints no token. */
export async function commandAt(emulator: StartedEmulator, argv: string[], given: Given = {}) {
  let out = '';
  let err = '';
  const { agentToken, agentTokenWithoutMcp, siteToken, apiBase } = emulator.lime;
  const exit = await run(argv, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
      given.onErr?.(text);
    },
    env: { LIME_AGENT_TOKEN: agentToken, LIME_API_BASE: apiBase, ...given.env },
    isTerminal: given.isTerminal ?? false,
    signal: given.signal ?? new AbortController().signal,
  });
  // The opaque tokens, and any JWT by how each begins.
  for (const secret of [agentToken, agentTokenWithoutMcp, siteToken]) expect(out + err).not.toContain(secret.slice(4));
  expect(out + err).not.toMatch(/\beyJ/);
  return { exit, out, err };
}
