import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/emulator/index.js';
import { ManualClock } from './manual-clock.js';

export const BASE = 'http://emulator.test/agent-otp';
export const START = Date.parse('2030-01-01T00:00:30.000Z');

/** The two path prefixes: the server's dialect, and the documented one. */
export const DIALECTS = ['/api/v1', '/v1'] as const;
export type Prefix = (typeof DIALECTS)[number];

export type Json = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The whole body. */
  readonly body: Json;
  /** What it says, out of its envelope if it has one. */
  readonly data: Json;
}

/** An emulator whose time stands still but when it is advanced. */
export function frozen(options: EmulatorOptions = {}): Emulator {
  return createEmulator({ clock: new ManualClock(START), ...options });
}

/** How requests are made: as who, with what body. */
export interface Call {
  /** An agent's key. Default: the first one's; `null`: none. */
  readonly key?: string | null;
  /** Who `X-User-ID` says it is. */
  readonly owner?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

export async function call(emulator: Emulator, method: string, path: string, options: Call = {}): Promise<Answer> {
  const { key = emulator.agentOtp.apiKey, owner, body } = options;
  const headers: Record<string, string> = {
    ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
    ...(owner === undefined ? {} : { 'X-User-ID': owner }),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...options.headers,
  };
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const response = await emulator.fetch(BASE + path, {
    method,
    headers,
    ...(text === undefined ? {} : { body: text }),
  });
  return answerOf(response);
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const json = text === '' ? {} : (JSON.parse(text) as Json);
  const data = json['success'] === true && 'data' in json ? (json['data'] as Json) : json;
  return { status: response.status, headers: response.headers, body: json, data };
}

/** As the first owner. */
export function asOwner(emulator: Emulator, method: string, path: string, body?: unknown): Promise<Answer> {
  return call(emulator, method, path, { key: null, owner: emulator.agentOtp.ownerId, body });
}

/** A permission of the first agent. */
export async function ask(emulator: Emulator, wish: Json = {}, options: Call = {}, prefix: Prefix = '/api/v1') {
  const body = { action: 'email.send', ...wish };
  const answer = await call(emulator, 'POST', `${prefix}/permissions/request`, { ...options, body });
  return { ...answer, id: String(answer.data['id']) };
}

/** A permission that its owner approved, and its token. */
export async function approved(emulator: Emulator, wish: Json = {}, decision: Json = {}) {
  const { id } = await ask(emulator, wish);
  const body = { approved: true, ...decision };
  const { data } = await asOwner(emulator, 'POST', `/api/v1/permissions/${id}/decide`, body);
  return { id, token: String(data['token']), data };
}

export function status(emulator: Emulator, id: string, options: Call = {}, prefix: Prefix = '/api/v1') {
  return call(emulator, 'GET', `${prefix}/permissions/${encodeURIComponent(id)}`, options);
}

export function spend(emulator: Emulator, id: string, token: string, options: Call = {}, prefix: Prefix = '/api/v1') {
  return call(emulator, 'POST', `${prefix}/permissions/${id}/use`, { ...options, body: { token } });
}

/** What work that runs by itself needs to come to rest, when it waits for nothing but promises. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
}
