import { onTestFinished } from 'vitest';
import type { Emulator, LoginRequest } from '../../src/emulator/index.js';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { LimeLogin, type LimeLoginOptions, type Logger } from '../../src/lime/index.js';
import { ManualClock } from '../http/manual-clock.js';

export const CHALLENGE = '/api/v1/auth/requests/*';
export const APPROVE = '/api/v1/modules/agent-login/requests/*/approve';

/** Solved in no time, and hardly ever by chance: one nonce in 65,536. */
export const DIFFICULTY = 16;

export interface Scene {
  readonly emulator: Emulator;
  readonly apiBase: string;
  readonly lime: LimeLogin;
  readonly clock: ManualClock;
  /** The delays before the retries, in milliseconds. */
  readonly delays: readonly number[];
  /** Everything that was told to the logger and the hooks. */
  readonly told: readonly unknown[];
  /** Every nonce that was sent. */
  readonly nonces: readonly string[];
  /** A new pending request. */
  request(given?: Parameters<Emulator['lime']['createLoginRequest']>[0]): LoginRequest;
  /** `GET 200`, `POST 409`, …: what reached the platform and how it was answered. */
  traffic(): readonly string[];
}

/** A served emulator for the running test. */
export async function emulatorFor(): Promise<StartedEmulator> {
  const started = await startEmulator({ lime: { difficulty: DIFFICULTY } });
  onTestFinished(() => started.close());
  return started;
}

/** A served emulator and a client of it. Without `hooks` its back-off takes no time: the clock jumps over each delay. */
export async function scene(options: LimeLoginOptions = {}): Promise<Scene> {
  const { emulator, lime: address } = await emulatorFor();
  const clock = new ManualClock();
  const delays: number[] = [];
  const told: unknown[] = [];
  const nonces: string[] = [];
  const tell = (...args: unknown[]) => void told.push(args);
  const logger: Logger = { debug: tell, info: tell, warn: tell, error: tell };
  const { fetch: send = (...args: Parameters<typeof fetch>) => fetch(...args), hooks, ...others } = options;
  const lime = new LimeLogin({
    agentToken: address.agentToken,
    baseUrl: address.apiBase,
    clock,
    random: () => 0.5,
    logger,
    fetch: (url, init) => {
      if (typeof init?.body === 'string') nonces.push(JSON.parse(init.body).pow_nonce);
      return send(url, init);
    },
    hooks: hooks ?? {
      onRequest: tell,
      onResponse: tell,
      onRetry(event) {
        tell(event);
        delays.push(event.delayMs);
        queueMicrotask(() => clock.advance(event.delayMs));
      },
    },
    ...others,
  });
  onTestFinished(() => lime.close());
  return {
    emulator,
    apiBase: address.apiBase,
    lime,
    clock,
    delays,
    told,
    nonces,
    request: (given) => emulator.lime.createLoginRequest(given),
    traffic: () => emulator.requests.map(({ method, status }) => `${method} ${status ?? 'cut'}`),
  };
}

/** The body of a refusal. */
export function refusal(code: string, more: Record<string, unknown> = {}) {
  return { ok: false, error: { code, message: `It says ${code}.`, ...more } };
}
