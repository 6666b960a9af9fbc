import * as v from 'valibot';
import { checkInput, milliseconds } from '../input.js';
import type { Fault, FaultHandle, Faults } from './fault.js';
import { jsonEditsSchema } from './json-edits.js';
import { rpcMethods } from './rpc-methods.js';

const effects = ['respond', 'delayMs', 'lose', 'rewrite'] as const;

const faultSchema = v.pipe(
  v.strictObject({
    method: v.optional(v.string()),
    path: v.union([v.string(), v.instance(RegExp)]),
    rpcMethod: v.optional(v.string()),
    times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
    respond: v.optional(
      v.pipe(
        v.strictObject({
          status: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
          body: v.optional(v.unknown()),
          headers: v.optional(v.record(v.string(), v.string())),
          retryAfter: v.optional(v.union([v.number(), v.string()])),
        }),
        v.check(
          ({ status, body }) => body === undefined || ![204, 205, 304].includes(status),
          'a 204, 205 or 304 has no body',
        ),
      ),
    ),
    delayMs: v.optional(milliseconds),
    lose: v.optional(v.picklist(['before', 'midway', 'after'])),
    rewrite: v.optional(
      v.union([
        v.custom<(json: unknown) => unknown>((value) => typeof value === 'function', 'expected a function or edits'),
        jsonEditsSchema,
      ]),
    ),
  }),
  v.check(
    (fault) => effects.filter((effect) => fault[effect] !== undefined).length === 1,
    `expected exactly one of ${effects.join(', ')}`,
  ),
);

/** The rules of one emulator, and the one place that applies them. */
export class FaultRules implements Faults {
  #rules: Rule[] = [];

  add(fault: Fault): FaultHandle {
    const rule = new Rule(checkInput(faultSchema, fault, 'fault'));
    this.#rules.push(rule);
    return {
      get hits() {
        return rule.hits;
      },
      remove: () => this.#remove(rule),
    };
  }

  clear(): void {
    this.#rules = [];
  }

  /** The fault that meets this request, if any; counts it. */
  async take(request: Request): Promise<Fault | undefined> {
    const reads = this.#rules.some((candidate) => candidate.fault.rpcMethod !== undefined && candidate.fits(request));
    const methods = reads ? await rpcMethods(request) : [];
    // From here on nothing waits, so that a fault meets no more requests than it may.
    const rule = this.#rules.find((candidate) => candidate.fits(request) && candidate.fitsRpc(methods));
    if (rule === undefined) return undefined;
    rule.hits += 1;
    if (rule.hits === rule.fault.times) this.#remove(rule);
    return rule.fault;
  }

  #remove(rule: Rule): void {
    this.#rules = this.#rules.filter((other) => other !== rule);
  }
}

class Rule {
  hits = 0;
  readonly fault: Fault;
  readonly #path: RegExp;

  constructor(fault: Fault) {
    this.fault = fault;
    this.#path = pathPattern(fault.path);
  }

  fits(request: Request): boolean {
    const { method } = this.fault;
    if (method !== undefined && method.toUpperCase() !== request.method) return false;
    return this.#path.test(new URL(request.url).pathname);
  }

  fitsRpc(methods: readonly string[]): boolean {
    return this.fault.rpcMethod === undefined || methods.includes(this.fault.rpcMethod);
  }
}

function pathPattern(path: string | RegExp): RegExp {
  // With `g` or `y` a pattern remembers where it stopped, and the next path would be searched from there.
  if (path instanceof RegExp) return new RegExp(path.source, path.flags.replace(/[gy]/g, ''));
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${path.split('*').map(literal).join('.*')}$`, 's');
}
