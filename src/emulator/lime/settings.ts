import * as v from 'valibot';
import type { PowAlgorithm } from '../../pow/prefix.js';
import type { JsonEdits } from '../faults/fault.js';
import { jsonEditsSchema } from '../faults/json-edits.js';
import { milliseconds } from '../input.js';
import { Settings } from '../settings.js';

/** What can be set on the emulated LIME, at the start and at any time after. */
export interface LimeOptions {
  /** Leading zero bits asked of new login requests. Any integer. Default 15. */
  readonly difficulty?: number | undefined;
  /** Which digests approve accepts (LIME contract §4). Default both. */
  readonly acceptedAlgorithms?: readonly PowAlgorithm[] | undefined;
  /** How long new login requests can be approved, in milliseconds. Default 300,000 (five minutes). */
  readonly requestLifetimeMs?: number | undefined;
  /** How long MCP access tokens are good for, in whole seconds. Default 300. */
  readonly tokenLifetimeSeconds?: number | undefined;
  /** Which bodies the token endpoint takes: `{"domain"}`, an empty one (LIME contract §7.1), or both. Default both. */
  readonly acceptedTokenRequests?: 'both' | 'domain' | 'empty' | undefined;
  /** Whether `domain` may not be a reserved name such as `localhost`. Default `false`. */
  readonly strictDomains?: boolean | undefined;
  /** In which form a missing capability is answered: LIME's envelope or RFC 6749's `access_denied`. Default `envelope`. */
  readonly capabilityDenial?: 'envelope' | 'rfc' | undefined;
  /** How long the passports of logins are good for, in whole seconds. Default 60. */
  readonly passportLifetimeSeconds?: number | undefined;
  /** How long the passports of bindings are good for, in whole seconds. Default 60. */
  readonly bindingPassportLifetimeSeconds?: number | undefined;
  /** Changes to the claims of every new passport, as `{ set: { '/aud': ['lime-site-login'] } }`. Default `null`. */
  readonly passportEdits?: JsonEdits | null | undefined;
  /**
   * What the portal adds to a binding's `redirect_uri`: a `binding_code` to exchange, or as in older releases the
   * `passport` itself (LIME contract §10.2). Default `code`.
   */
  readonly bindingRedirect?: 'code' | 'passport' | undefined;
  /**
   * What MCP access tokens and passports say in `iss` instead of the origin that the client used, which the metadata go
   * on saying. Default `null`.
   */
  readonly tokenIssuer?: string | null | undefined;
  /** How far the platform's clock is off when it dates a token or a passport, in milliseconds; negative: it is slow. Default 0. */
  readonly tokenClockOffsetMs?: number | undefined;
}

export const difficultySchema: v.GenericSchema<number> = v.pipe(v.number(), v.safeInteger());

/** A hundred years, as of `milliseconds`. */
const MOST_SECONDS = 100 * 365 * 86_400;

const seconds = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_SECONDS));

const schema = v.strictObject({
  difficulty: v.optional(difficultySchema, 15),
  acceptedAlgorithms: v.optional(v.pipe(v.array(v.picklist(['legacy', 'r14'])), v.minLength(1), v.readonly()), [
    'legacy',
    'r14',
  ]),
  requestLifetimeMs: v.optional(milliseconds, 300_000),
  tokenLifetimeSeconds: v.optional(seconds, 300),
  acceptedTokenRequests: v.optional(v.picklist(['both', 'domain', 'empty']), 'both'),
  strictDomains: v.optional(v.boolean(), false),
  capabilityDenial: v.optional(v.picklist(['envelope', 'rfc']), 'envelope'),
  passportLifetimeSeconds: v.optional(seconds, 60),
  bindingPassportLifetimeSeconds: v.optional(seconds, 60),
  passportEdits: v.optional(v.nullable(jsonEditsSchema), null),
  bindingRedirect: v.optional(v.picklist(['code', 'passport']), 'code'),
  tokenIssuer: v.optional(v.nullable(v.string()), null),
  tokenClockOffsetMs: v.optional(
    v.pipe(v.number(), v.minValue(-1000 * MOST_SECONDS), v.maxValue(1000 * MOST_SECONDS)),
    0,
  ),
});

export type LimeSettings = Settings<typeof schema>;

/** @throws {EmulatorInputError} an option has the wrong type or range. */
export function createLimeSettings(options: LimeOptions): LimeSettings {
  return new Settings(schema, options, 'lime');
}
