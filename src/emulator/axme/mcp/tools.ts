import type { Schema } from '@cfworker/json-schema';
import { fullAddress } from '../agents.js';
import type { Caller } from '../authenticate.js';
import type { Core } from '../core.js';
import { threadBody } from '../inbox/thread.js';
import { checkPayload } from '../intents/create-request.js';
import { checkParties } from '../intents/family.js';
import type { Lifecycle } from '../intents/lifecycle.js';
import { normalizeNick } from '../nicks.js';
import { AxmeRefusal, notFound } from '../refusal.js';
import { dateTime } from '../time.js';

/** The arguments of a tool call, which fit its schema. */
export type ToolArguments = Readonly<Record<string, unknown>>;

/** A tool of the gateway (AXME contract §6). */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Schema;
  /** What its answer's `data` is. @throws {AxmeRefusal} it cannot be done. */
  call(given: ToolArguments, caller: Caller): object;
}

const nonEmpty = { type: 'string', minLength: 1 } as const;
const common = { owner_agent: { type: 'string' }, idempotency_key: { type: 'string' } } as const;

/** The tools, which do what the routes do. */
export function gatewayTools(core: Core, { threads, create }: ToolActions): readonly Tool[] {
  return [
    {
      name: 'axme.check_nick',
      description: 'Says whether a nick is free.',
      inputSchema: { type: 'object', properties: { nick: nonEmpty, ...common }, required: ['nick'] },
      call({ nick }) {
        const normalized = normalizeNick(String(nick));
        if (normalized === undefined) throw new AxmeRefusal(422, 'nick: 3 to 32 word characters, dots and hyphens');
        return {
          nick: `@${normalized}`,
          normalized_nick: normalized,
          public_address: `${normalized}@ax`,
          available: core.nicks.ownerOf(normalized) === undefined,
        };
      },
    },
    {
      name: 'axme.send',
      description: 'Sends an intent to an agent.',
      inputSchema: {
        type: 'object',
        properties: {
          to_agent: { type: 'string', minLength: 3, maxLength: 383 },
          intent_type: { type: 'string', pattern: '^[a-z0-9_]+(?:\\.[a-z0-9_]+)+\\.v[0-9]+$' },
          payload: { type: 'object' },
          correlation_id: nonEmpty,
          ...common,
        },
        required: ['to_agent'],
      },
      call(given, { apiKey }) {
        const intent = {
          intentType: textOf(given['intent_type']) ?? 'intent.notify.v1',
          correlationId: textOf(given['correlation_id']) ?? core.ids.uuid(),
          fromAgent: textOf(given['owner_agent']) ?? apiKey.agentAddress,
          toAgent: String(given['to_agent']),
          payload: (given['payload'] as ToolArguments | undefined) ?? {},
        };
        checkPayload(intent.payload);
        checkParties(core, intent);
        const { intentId, status, createdAt } = create(intent, intent.fromAgent);
        return { intent_id: intentId, status, created_at: dateTime(createdAt) };
      },
    },
    {
      name: 'axme.reply',
      description: 'Adds a message to a thread.',
      inputSchema: {
        type: 'object',
        properties: { thread_id: nonEmpty, message: { ...nonEmpty, maxLength: 131_072 }, ...common },
        required: ['thread_id', 'message'],
      },
      call({ thread_id, message, owner_agent }, { apiKey }) {
        const owner = textOf(owner_agent);
        const found = threads.find(String(thread_id));
        const thread = owner === undefined ? found[0] : found.find((each) => isSame(each.ownerAgent, owner));
        if (thread === undefined) throw notFound('thread');
        threads.reply(thread, String(message), owner ?? apiKey.agentAddress);
        return { thread: threadBody(thread) };
      },
    },
    {
      name: 'axme.list_inbox',
      description: 'Lists the threads of an inbox.',
      inputSchema: { type: 'object', properties: common },
      call: ({ owner_agent }) => ({ threads: threads.list(textOf(owner_agent)).map(threadBody) }),
    },
  ];
}

/** What the tools need of the intents. */
export interface ToolActions {
  readonly threads: Lifecycle['threads'];
  readonly create: Lifecycle['create'];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isSame(one: string, other: string): boolean {
  return fullAddress(one) === fullAddress(other);
}
