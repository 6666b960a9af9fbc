import { inspect } from 'node:util';
import { onTestFinished } from 'vitest';
import type { Emulator } from '../../../src/emulator/index.js';
import { startEmulator } from '../../../src/emulator/node/index.js';
import type { LimeError, Logger } from '../../../src/lime/index.js';
import { LimeSite, type LimeSiteOptions } from '../../../src/lime/index.js';

export const EVENTS = '/api/v1/modules/agent-login/events';

export interface SiteScene {
  readonly emulator: Emulator;
  readonly apiBase: string;
  readonly site: LimeSite;
  /** What `onError` was told. */
  readonly errors: LimeError[];
  /** Everything that was told to the logger and `onError`. */
  readonly told: unknown[];
  /** `id passport` or `id null`, of every event that the handler of `listen` got. */
  readonly handled: string[];
  /** Registers a handler that keeps what it gets in `handled`. */
  listen(): () => void;
  /** Logs an agent in, without a proof of work. */
  approve(requestId: string): void;
}

/** A served emulator and a site of it, whose back-off is short. */
export async function siteScene(options: LimeSiteOptions = {}): Promise<SiteScene> {
  const { emulator, lime: address, close } = await startEmulator();
  onTestFinished(close);
  const errors: LimeError[] = [];
  const told: unknown[] = [];
  const handled: string[] = [];
  const tell = (...args: unknown[]) => void told.push(args);
  const logger: Logger = { debug: tell, info: tell, warn: tell, error: tell };
  const site = siteFor(address.apiBase, {
    siteToken: address.siteToken,
    logger,
    onError: (error) => errors.push(error),
    ...options,
  });
  return {
    emulator,
    apiBase: address.apiBase,
    site,
    errors,
    told,
    handled,
    listen: () => site.onLogin((id, passport) => void handled.push(`${id} ${passport === null ? null : 'passport'}`)),
    approve: (requestId) => void emulator.lime.approveLoginRequest(requestId),
  };
}

/** A site of whatever serves this API root. */
export function siteFor(baseUrl: string, options: LimeSiteOptions = {}): LimeSite {
  const site = new LimeSite({ siteToken: 'st_live_hunter2', baseUrl, sseBackoffBaseMs: 1, maxRetries: 0, ...options });
  onTestFinished(() => site.close());
  return site;
}

/** Waits until it holds. The test's own timeout is the limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Lets what is on its way in this process arrive. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Every error of a chain of causes, as anybody may print it. */
export function printed(error: unknown): string {
  let text = inspect(error, { depth: 20, showHidden: true });
  for (let cause = error, depth = 0; cause instanceof Error && depth < 10; cause = cause.cause, depth++) {
    text += `${cause} ${cause.stack} ${JSON.stringify(cause)} ${JSON.stringify({ ...cause })}`;
  }
  return text;
}
