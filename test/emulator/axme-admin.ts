import { afterAll, afterEach, expect } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { ManualClock } from './manual-clock.js';

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const NOBODY = '00000000-0000-4000-8000-000000000000';
/** Where the clock of these tests stands. */
export const NOW = Date.parse('2026-03-02T10:20:30.000Z');

export const uuid: unknown = expect.stringMatching(UUID);
export const time: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
export const born: { readonly created_at: unknown; readonly updated_at: unknown } = {
  created_at: time,
  updated_at: time,
};

// biome-ignore lint/suspicious/noExplicitAny: what the wire says is looked at by the test.
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly body: Json;
}

export type Send = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>;

/** A gateway over a socket, and requests to it with its first API key. */
export interface Gateway {
  readonly started: StartedEmulator;
  readonly base: string;
  readonly org_id: string;
  readonly workspace_id: string;
  /** `org_id` and `workspace_id` of what exists from the start, as a query. */
  readonly scope: string;
  readonly send: Send;
}

/** A served gateway for the tests of one file: each of them begins with it as it was created. */
export async function startGateway(): Promise<Gateway> {
  const started = await startEmulator({ clock: new ManualClock(NOW) });
  afterAll(() => started.close());
  afterEach(() => started.emulator.reset());
  const { axme } = started.emulator;
  const base = started.axme.baseUrl;
  const send: Send = async (method, path, body, headers = { 'x-api-key': axme.apiKey }) => {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(base + path, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...text,
    });
    return { status: response.status, body: await response.json() };
  };
  const [org_id, workspace_id] = [axme.orgId, axme.workspaceId];
  return { started, base, org_id, workspace_id, scope: `org_id=${org_id}&workspace_id=${workspace_id}`, send };
}

/** The body of an answer that must be 200. */
export async function ok(answer: Promise<Answer>): Promise<Json> {
  const { status, body } = await answer;
  expect({ status, body }).toMatchObject({ status: 200, body: { ok: true } });
  return body;
}

/** Checks a refusal with a text, as most are (AXME contract §5.5). */
export async function expectRefused(answer: Promise<Answer>, status: number, detail: string | RegExp): Promise<void> {
  const told = typeof detail === 'string' ? detail : expect.stringMatching(detail);
  expect(await answer).toEqual({ status, body: { detail: told } });
}

/** Checks a 422: `loc` of the only mistake. */
export async function expectInvalid(answer: Promise<Answer>, ...loc: readonly (string | number)[]): Promise<void> {
  const issue = { loc, msg: expect.stringMatching(/./), type: expect.stringMatching(/./) };
  expect(await answer).toEqual({ status: 422, body: { detail: [issue] } });
}
