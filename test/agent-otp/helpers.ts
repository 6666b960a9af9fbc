import { onTestFinished } from 'vitest';
import { AgentOtpClient, type AgentOtpClientOptions } from '../../src/agent-otp/index.js';
import { createEmulator, type Emulator } from '../../src/emulator/index.js';
import { ManualClock } from '../http/manual-clock.js';

export const DIALECTS = ['implemented', 'documented'] as const;

export interface Scene {
  readonly emulator: Emulator;
  readonly clock: ManualClock;
  readonly client: AgentOtpClient;
  /** When each request of an agent came, by the clock, and how it was answered. */
  readonly traffic: readonly { readonly at: number; readonly line: string; readonly status: number }[];
  /** Lets time pass in steps until the promise settles; answers are waited for between two steps. */
  until<T>(promise: Promise<T>, stepMs?: number): Promise<T>;
  /** Lets time pass. */
  pass(ms: number, stepMs?: number): Promise<void>;
  another(options?: AgentOtpClientOptions): AgentOtpClient;
}

/** An emulator and a client of it in one process, which share a clock that the test moves. */
export function scene(
  options: AgentOtpClientOptions = {},
  agentOtp: Parameters<typeof createEmulator>[0] extends infer Options
    ? NonNullable<Options>['agentOtp' & keyof NonNullable<Options>]
    : never = undefined as never,
): Scene {
  const clock = new ManualClock(Date.UTC(2030, 0, 1));
  const emulator = createEmulator({ clock, agentOtp });
  onTestFinished(() => void emulator.close());
  const traffic: { at: number; line: string; status: number }[] = [];
  let inFlight = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    inFlight++;
    const entry = { at: clock.now(), line: `${init?.method} ${new URL(String(input)).pathname}`, status: 0 };
    traffic.push(entry);
    try {
      const response = await emulator.fetch(new Request(input, init));
      entry.status = response.status;
      return response;
    } finally {
      inFlight--;
    }
  };
  const another = (more: AgentOtpClientOptions = {}) => {
    const client = new AgentOtpClient({
      apiKey: emulator.agentOtp.apiKey,
      ownerId: emulator.agentOtp.ownerId,
      baseUrl: 'http://localhost/agent-otp',
      fetch,
      clock,
      random: () => 0.5,
      WebSocket: false,
      ...options,
      ...more,
    });
    onTestFinished(() => client.close());
    return client;
  };
  const rest = async () => {
    do for (let i = 0; i < 12; i++) await new Promise(setImmediate);
    while (inFlight > 0);
  };
  const pass = async (ms: number, stepMs = 100) => {
    for (let left = ms; left > 0; left -= stepMs) {
      await rest();
      clock.advance(Math.min(stepMs, left));
    }
    await rest();
  };
  return {
    emulator,
    clock,
    client: another(),
    traffic,
    another,
    pass,
    async until(promise, stepMs = 100) {
      let settled = false;
      const done = () => {
        settled = true;
      };
      promise.then(done, done);
      for (let steps = 0; !settled && steps < 100_000; steps++) {
        await rest();
        if (!settled) clock.advance(stepMs);
      }
      return promise;
    },
  };
}
