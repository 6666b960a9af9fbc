import * as v from 'valibot';
import type { AxmeCall } from '../call.js';
import { canonicalJson } from '../canonical.js';
import type { Core } from '../core.js';
import type { Family } from '../family.js';
import { KEY_LIFETIME_MS } from '../idempotency.js';
import { checkPayload, steeringOf } from '../intents/create-request.js';
import { checkParties } from '../intents/family.js';
import type { Intent } from '../intents/intent.js';
import type { Lifecycle } from '../intents/lifecycle.js';
import { AxmeRefusal, conflict, invalid } from '../refusal.js';
import type { AxmeRouter } from '../router.js';
import { dateTime } from '../time.js';
import { addressOf, type Bundle, bundleErrors, bundleFields } from './bundle.js';
import type { Workflows } from './workflows.js';

interface Applied {
  readonly payload: string;
  readonly reply: object;
  readonly expiresAt: number;
}

/** At most so many keys are remembered; then the oldest is dropped. */
const MAX_KEYS = 1000;

/** Scenarios: checked, and applied (AXME contract §2.4). */
export class Scenarios implements Family {
  readonly #core: Core;
  readonly #lifecycle: Lifecycle;
  readonly #workflows: Workflows;
  readonly #applied = new Map<string, Applied>();

  constructor(core: Core, lifecycle: Lifecycle, workflows: Workflows) {
    this.#core = core;
    this.#lifecycle = lifecycle;
    this.#workflows = workflows;
  }

  routes(router: AxmeRouter): void {
    router.machine('/v1/scenarios/validate', { POST: (call) => this.#validate(call) });
    // Its answer to a key that comes again says so, and the key may be in the body.
    router.machine('/v1/scenarios/apply', { POST: (call) => this.#apply(call) }, { ownKeys: true });
  }

  reset(): void {
    this.#applied.clear();
  }

  #validate(call: AxmeCall): object {
    const { json } = call;
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw invalid(['body'], 'Expected an object', 'object_type');
    }
    const result = v.safeParse(v.object(bundleFields), json);
    const errors = result.success
      ? bundleErrors(result.output)
      : result.issues.map((issue) => `${v.getDotPath(issue) ?? 'bundle'}: ${issue.message}`);
    const warnings = result.success ? this.#missing(result.output).map((address) => `${address} does not exist`) : [];
    return { ok: true, valid: errors.length === 0, errors, warnings };
  }

  #apply(call: AxmeCall): object {
    const bundle = call.body(bundleFields);
    const key = call.request.headers.get('idempotency-key') || bundle.idempotency_key;
    if (!key) return this.#create(call, bundle);
    const name = JSON.stringify([call.caller.apiKey.token, key]);
    const payload = canonicalJson(call.json);
    const known = this.#applied.get(name);
    if (known !== undefined && known.expiresAt > this.#core.time.now()) {
      if (known.payload !== payload) throw conflict('idempotency key reused with different payload');
      return { ...known.reply, idempotent: true };
    }
    const reply = this.#create(call, bundle);
    this.#applied.delete(name);
    this.#applied.set(name, { payload, reply, expiresAt: this.#core.time.now() + KEY_LIFETIME_MS });
    if (this.#applied.size > MAX_KEYS) this.#applied.delete(this.#applied.keys().next().value as string);
    return reply;
  }

  #create(call: AxmeCall, bundle: Bundle): object {
    const errors = bundleErrors(bundle);
    if (errors.length > 0) {
      throw new AxmeRefusal(422, errors.join('; '), { code: 'schema_invalid', extra: { ok: false } });
    }
    const { apiKey } = call.caller;
    const [step] = bundle.workflow?.steps ?? [];
    const firstAgent = step?.assigned_to ? addressOf(bundle, step.assigned_to) : bundle.agents?.[0]?.address;
    const given = {
      intentType: bundle.intent.type,
      correlationId: this.#core.ids.uuid(),
      fromAgent: apiKey.agentAddress,
      toAgent: firstAgent ?? apiKey.agentAddress,
      replyTo: undefined,
      payload: bundle.intent.payload ?? {},
      scenarioId: bundle.scenario_id,
      ...steeringOf(bundle.intent),
    };
    checkPayload(given.payload);
    const provisioned = this.#provision(call, bundle);
    checkParties(this.#core, given);
    const intent = this.#lifecycle.createForWorkflow(given, given.fromAgent);
    this.#workflows.start(intent, bundle);
    return this.#reply(intent, bundle, provisioned);
  }

  /** Registers the agents that are missing and may be made. */
  #provision(call: AxmeCall, bundle: Bundle): readonly string[] {
    const { agents, ids } = this.#core;
    const { orgId, workspaceId } = call.caller.apiKey;
    const made = (bundle.agents ?? []).filter(
      ({ address, create_if_missing }) => create_if_missing && agents.find(address) === undefined,
    );
    for (const { role, address, display_name } of made) {
      agents.register({
        address: address.startsWith('agent://') ? address : `agent://${address}`,
        serviceAccountId: `sa_${ids.hex(8)}`,
        serviceAccountName: role,
        displayName: display_name ?? null,
        orgId,
        workspaceId,
      });
    }
    return made.map(({ address }) => address);
  }

  #missing(bundle: Bundle): string[] {
    return (bundle.agents ?? [])
      .filter(({ address, create_if_missing }) => !create_if_missing && this.#core.agents.find(address) === undefined)
      .map(({ address }) => address);
  }

  /** Both forms that are published (AXME contract §2.4). */
  #reply(intent: Intent, bundle: Bundle, provisioned: readonly string[]): object {
    const compileId = this.#core.ids.uuid();
    return {
      ok: true,
      intent_id: intent.intentId,
      scenario_id: bundle.scenario_id,
      status: intent.status,
      pending_with: intent.pendingWith?.ref,
      compile_id: compileId,
      workflow_compile_id: compileId,
      idempotent: false,
      agents: (bundle.agents ?? []).map(({ role, address }) => ({
        role,
        address,
        created: provisioned.includes(address),
      })),
      agents_provisioned: provisioned,
      deadline_at: intent.deadlineAt === undefined ? null : dateTime(intent.deadlineAt),
      created_at: dateTime(intent.createdAt),
    };
  }
}
