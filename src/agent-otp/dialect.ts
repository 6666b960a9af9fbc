import { invalid } from './errors.js';
import { type Fields, snakeCase } from './fields.js';

/**
 * How a server is spoken to (Agent OTP contract §0). What it answers is understood in any dialect.
 *
 * - `'implemented'`: as the project's servers are written (P-impl, R-impl): `/api/v1`, camelCase, `PATCH`; relay requests live
 *   under `/api/v1/permissions`.
 * - `'documented'`: as its documentation and its relay SDK have it (P-doc, R-sdk): `/v1`, snake_case, `PUT`; relay requests live
 *   under `/v1/otp`.
 */
export type Dialect = 'implemented' | 'documented';

/** What a dialect decides. */
export interface DialectRules {
  readonly prefix: '/api/v1' | '/v1';
  readonly relay: '/permissions' | '/otp';
  readonly updateMethod: 'PATCH' | 'PUT';
  /** What the details of a use are called. */
  readonly useDetails: 'actionDetails' | 'details';
  /** Spells a name. */
  spell(name: string): string;
  /** Spells an object's own keys; what lies below is the user's. */
  spellKeys(object: Fields): Fields;
}

const RULES: Readonly<Record<Dialect, DialectRules>> = {
  implemented: {
    prefix: '/api/v1',
    relay: '/permissions',
    updateMethod: 'PATCH',
    useDetails: 'actionDetails',
    spell: (name) => name,
    spellKeys: (object) => object,
  },
  documented: {
    prefix: '/v1',
    relay: '/otp',
    updateMethod: 'PUT',
    useDetails: 'details',
    spell: snakeCase,
    spellKeys: (object) => Object.fromEntries(Object.entries(object).map(([name, value]) => [snakeCase(name), value])),
  },
};

/** @throws {ValidationError} there is no such dialect. */
export function rulesOf(dialect: Dialect = 'implemented'): DialectRules {
  if (Object.hasOwn(RULES, dialect)) return RULES[dialect];
  throw invalid('dialect', "must be 'implemented' or 'documented'");
}
