import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { AxmeClient, type AxmeClientConfig, type IntentEvent } from '../../../src/axme/index.js';
import { httpServer, json } from '../../http/servers.js';
import { LeapingClock } from '../leaping-clock.js';

export const ID = '0b8a6a5e-5f0e-4c58-9b2c-1d0f0f4b7a11';
export const API_KEY = 'axme_sa_test_0123456789abcdef';

const STATES = ['CREATED', 'SUBMITTED', 'DELIVERED', 'IN_PROGRESS'];

export function intentEvent(seq: number, status = STATES[seq - 1] ?? 'IN_PROGRESS', more: object = {}): IntentEvent {
  const event_type = `intent.${status.toLowerCase()}`;
  return { intent_id: ID, seq, event_type, status, at: '2030-01-01T00:00:00Z', ...more };
}

export const frame = (event: IntentEvent) =>
  `id: ${event.seq}\nevent: ${event.event_type}\ndata: ${JSON.stringify(event)}\n\n`;
export const TIMEOUT = 'event: stream.timeout\ndata: {"ok":true,"next_seq":3}\n\n';

/** What a test makes the gateway do. `since` is of the request. */
export interface Script {
  stream?(response: ServerResponse, since: number, request: IncomingMessage): void;
  list?(since: number): unknown;
  /** Of `GET /v1/intents/{id}`. */
  status?: string;
  /** Every other path. */
  other?: RequestListener;
}

/** Begins an event stream. */
export function open(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  return response;
}

/**
 * A gateway with one intent and a client of it, whose waits take no time. `answering` has the answers that are not over, their
 * connections with them: after an abort the runtime may connect again for what comes later.
 */
export async function scene(script: Script, config: AxmeClientConfig = {}) {
  const notFound = json(404, { detail: 'not found' });
  const answering = new Set<ServerResponse>();
  const server = await httpServer((request, response) => {
    answering.add(response);
    response.on('close', () => answering.delete(response));
    const url = new URL(request.url ?? '', 'http://gateway');
    const since = Number(url.searchParams.get('since') ?? 0);
    const { stream, list, status, other = notFound } = script;
    if (url.pathname === `/v1/intents/${ID}/events/stream` && stream) stream(response, since, request);
    else if (url.pathname === `/v1/intents/${ID}/events` && list) {
      json(200, { ok: true, events: list(since) })(request, response);
    } else if (url.pathname === `/v1/intents/${ID}` && status) {
      json(200, { ok: true, intent: { intent_id: ID, status } })(request, response);
    } else other(request, response);
  });
  const clock = new LeapingClock();
  const warnings: unknown[][] = [];
  const quiet = () => {};
  const client = new AxmeClient({
    baseUrl: server.url,
    apiKey: API_KEY,
    clock,
    random: () => 0.5,
    maxRetries: 0,
    logger: { debug: quiet, info: quiet, error: quiet, warn: (...args) => void warnings.push(args) },
    ...config,
  });
  onTestFinished(() => client.close());
  /** What was asked for, in order, without the host. */
  const asked = () => server.requests.map(({ url = '' }) => url.replace(`/v1/intents/${ID}/`, ''));
  return { server, client, clock, warnings, asked, answering };
}

/** All events to the end, or the first `count`, after which it is left. */
export async function collect<T>(events: AsyncIterable<T>, count = Number.POSITIVE_INFINITY): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) if (all.push(event) >= count) break;
  return all;
}

export const seqs = (events: readonly { readonly seq?: number | undefined }[]) => events.map(({ seq }) => seq);

/** Resolves when `true`. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 2000) throw new Error('It never came true.');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
