import * as v from 'valibot';
import { Settings } from '../settings.js';

/** What can be set on the emulated Agent OTP, at the start and at any time after. */
export interface AgentOtpOptions {
  /**
   * Whether it does as the real server does where that is worse (Agent OTP contract §2, §3.4, §10): the status of a
   * permission has no token, no granted scope and no `reason`; any agent key may decide; unknown operators of policies,
   * and under `/api/v1` the snake_case names of fields, are dropped; there are no sockets. Default `false`.
   */
  readonly strictCompat?: boolean | undefined;
  /**
   * Whether `X-User-ID` alone says who the owner is, as on the real server. `false`: only the owner's secret does, as
   * `Authorization: Bearer uk_…`, which is accepted in either mode. Default `true`.
   */
  readonly trustUserId?: boolean | undefined;
  /** Whether an agent's key is accepted as `X-API-Key` too, as documented; the real server refuses it. Default `false`. */
  readonly acceptApiKeyHeader?: boolean | undefined;
  /** Whether any key that begins with `ak_` is good: it is then a new agent of the first owner. Default `false`. */
  readonly acceptUnknownKeys?: boolean | undefined;
  /**
   * How `/v1` answers verify and use of a token that is expired, revoked or spent: 200 with a `reason`, or 410 with
   * `TOKEN_EXPIRED`, `TOKEN_REVOKED` or `TOKEN_USED`, as documented. Default `answer`.
   */
  readonly tokenProblems?: 'answer' | 'gone' | undefined;
  /** Requests that one agent may make a minute at permissions and codes; the real server's is 60. Default `null`: any number. */
  readonly agentRequestsPerMinute?: number | null | undefined;
  /** Requests that one client (`CF-Connecting-IP`) may make a minute; the real server's is 1000. Default `null`: any number. */
  readonly clientRequestsPerMinute?: number | null | undefined;
}

const perMinute = v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))), null);

const schema = v.strictObject({
  strictCompat: v.optional(v.boolean(), false),
  trustUserId: v.optional(v.boolean(), true),
  acceptApiKeyHeader: v.optional(v.boolean(), false),
  acceptUnknownKeys: v.optional(v.boolean(), false),
  tokenProblems: v.optional(v.picklist(['answer', 'gone']), 'answer'),
  agentRequestsPerMinute: perMinute,
  clientRequestsPerMinute: perMinute,
});

export type AgentOtpSettings = Settings<typeof schema>;

/** @throws {EmulatorInputError} an option has the wrong type or range. */
export function createAgentOtpSettings(options: AgentOtpOptions): AgentOtpSettings {
  return new Settings(schema, options, 'agentOtp');
}
