import type { RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import { AxmeClient, type AxmeClientConfig, type AxmeMethods } from '../../src/axme/index.js';
import { ManualClock } from '../http/manual-clock.js';
import { httpServer, json } from '../http/servers.js';
import methods from '../vectors/axme-methods.json' with { type: 'json' };

export const API_KEY = 'axme_sa_account_supersecret';
export const ACTOR_TOKEN = 'eyJ.actor-token.secret';

/** A method as the contract describes it. */
export interface ContractMethod {
  readonly family: string;
  readonly camel: string;
  /** The next two are `null` where nothing is sent. */
  readonly verb: string;
  readonly path: string;
  /** With `?` at the end of an optional one. */
  readonly query: readonly string[];
  readonly body_required: readonly string[];
  readonly body_optional: readonly string[];
  /** Dotted, with `[]` at a list and `?` at what may be missing. */
  readonly response: readonly string[];
  readonly idempotent: 'always' | 'with_key' | 'never' | 'local';
  readonly arguments: readonly {
    readonly name: string;
    readonly optional: boolean;
    readonly keys?: readonly string[];
  }[];
}

const STREAMS = ['observe', 'waitFor', 'listen', 'listenSession'];

/** All methods of the contract. */
export const allMethods = methods as readonly unknown[] as readonly ContractMethod[];

const isRequest = ({ family, camel }: ContractMethod) =>
  family !== 'mcp' && family !== 'mesh' && !STREAMS.includes(camel);

/** The methods that are one request and its answer. */
export const requestMethods = allMethods.filter(isRequest);

/** The others: streams, MCP and the mesh. */
export const otherMethods = allMethods.filter((method) => !isRequest(method));

/** The contract's description of a method. */
export function contractOf(camel: string): ContractMethod {
  return requestMethods.find((method) => method.camel === camel)!;
}

/** Calls a method by its name. */
export function call(client: AxmeClient, method: string, args: readonly unknown[]): Promise<unknown> {
  return (client[method as keyof AxmeMethods] as (...args: readonly unknown[]) => Promise<unknown>)(...args);
}

/** What reached the server. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** Fields that go well with every method, and one that no release knows. */
export const REPLY = { ok: true, intent_id: 'intent-1', threads: [], applied: true, of_tomorrow: { kept: true } };

/** A gateway that records what it is sent and answers as it is told, and a client of it whose back-off takes no time. */
export async function scene(config: AxmeClientConfig = {}, listener: RequestListener = json(200, REPLY)) {
  const recorded: Recorded[] = [];
  const server = await httpServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => (text += part));
    request.on('end', () => {
      const url = new URL(request.url!, 'http://gateway');
      recorded.push({
        method: request.method!,
        path: request.url!.split('?')[0]!,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body: text === '' ? undefined : JSON.parse(text),
      });
      listener(request, response);
    });
  });
  const clock = new ManualClock();
  const delays: number[] = [];
  const told: unknown[] = [];
  const log = (message: string, fields: unknown) => told.push({ message, fields });
  const warnings: string[] = [];
  const client = new AxmeClient({
    apiKey: API_KEY,
    baseUrl: server.url,
    clock,
    random: () => 0.5,
    logger: {
      debug: log,
      info: log,
      error: log,
      warn: (message, fields) => {
        warnings.push(message);
        log(message, fields);
      },
    },
    hooks: {
      onRequest: (event) => void told.push(event),
      onResponse: (event) => void told.push(event),
      onRetry: (event) => {
        told.push(event);
        delays.push(event.delayMs);
        queueMicrotask(() => clock.advance(event.delayMs));
      },
    },
    ...config,
  });
  onTestFinished(() => client.close());
  return { client, server, recorded, clock, delays, told, warnings };
}
