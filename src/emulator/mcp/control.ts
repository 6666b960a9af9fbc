import * as v from 'valibot';
import type { FaultHandle, Faults } from '../faults/fault.js';
import { checkInput } from '../input.js';
import type { McpPlatform } from './platform.js';
import type { SeenNotification } from './record.js';
import { UNAUTHORIZED } from './routes.js';
import type { McpOptions } from './settings.js';

/** What happened on the demo MCP server since the start or the last reset. */
export interface McpStats {
  /** Sessions that are open now. */
  readonly sessions: number;
  /** Answers that are under way now; a stream that waits for what the server says is one. */
  readonly openAnswers: number;
  /** Sessions that were opened. */
  readonly initializes: number;
  /** Requests whose Bearer token was missing or not good. Those of `rejectNext` are not counted. */
  readonly refusedTokens: number;
  /** JSON-RPC requests that reached a session, by method. */
  readonly requests: Readonly<Record<string, number>>;
  /** Tool calls, by the tool's name. */
  readonly calls: Readonly<Record<string, number>>;
  /** How often the tool `increment` has counted each key; `mentions_401` counts its own name. */
  readonly effects: Readonly<Record<string, number>>;
  /** The level that a client set last, in whichever session. */
  readonly logLevel: string | null;
  /** The latest hundred notifications of clients, newest last. */
  readonly notifications: readonly SeenNotification[];
}

/** Which requests `rejectNext` meets. */
export interface RejectOptions {
  /** Only JSON-RPC messages of this method. Default: every POST. */
  readonly rpcMethod?: string | undefined;
}

/** Every setting of {@link McpOptions}, to be read and set at any time. */
export type McpSettingValues = { -readonly [Name in keyof McpOptions]-?: Exclude<McpOptions[Name], undefined> };

/** What tests and scripts may do to the demo MCP server. Wrong input throws an `EmulatorInputError`. */
export interface McpControl extends McpSettingValues {
  readonly stats: McpStats;
  /** Sets what is given, all or nothing. */
  configure(settings: McpOptions): void;
  /**
   * Ends every session: requests with its id are answered 404 from now on. Calls that run are still answered.
   * Says how many there were.
   */
  expireSessions(): number;
  /** Cuts the connection of every answer that is under way; tools run on. The sessions stay. Says how many there were. */
  dropStreams(): number;
  /** Answers the next `count` messages 401, whatever their token. They reach no session. */
  rejectNext(count: number, options?: RejectOptions): FaultHandle;
}

const rejection = v.strictObject({
  count: v.pipe(v.number(), v.integer(), v.minValue(1)),
  rpcMethod: v.optional(v.string()),
});

export function createMcpControl(mcp: McpPlatform, faults: Faults): McpControl {
  const { record, sessions, settings } = mcp;
  return settings.on({
    get stats() {
      return Object.freeze({
        sessions: sessions.size,
        openAnswers: sessions.answers,
        initializes: record.initializes,
        refusedTokens: record.refusedTokens,
        requests: record.requests.toObject(),
        calls: record.calls.toObject(),
        effects: record.effects.toObject(),
        logLevel: record.logLevel,
        notifications: record.notifications(),
      });
    },
    configure: (options: McpOptions) => settings.update(options),
    expireSessions: () => sessions.expire(),
    dropStreams: () => sessions.drop(),
    rejectNext(count: number, options: RejectOptions = {}) {
      const { count: times, rpcMethod } = checkInput(rejection, { ...options, count }, 'rejection');
      const body = { error: 'invalid_token', error_description: 'Rejected on demand' };
      return faults.add({ path: '/mcp', method: 'POST', rpcMethod, times, respond: { ...UNAUTHORIZED, body } });
    },
  });
}
