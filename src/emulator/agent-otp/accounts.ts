import type { Clock } from '../../runtime/clock.js';
import { createRandom, type Random } from '../random.js';

/** An account owner: whom agents ask. */
export interface Owner {
  /** What `X-User-ID` says. */
  readonly ownerId: string;
  /** What shows that it is the owner: `Authorization: Bearer uk_…`. */
  readonly ownerSecret: string;
  /** With it the webhooks of the owner's agents are signed: Standard Webhooks' `whsec_…`. */
  readonly webhookSecret: string;
}

/** An agent that the platform knows. */
export interface OtpAgent {
  readonly agentId: string;
  readonly ownerId: string;
  /** The key that is good now. */
  readonly apiKey: string;
  readonly name: string;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** `false`: it is answered 403. */
  readonly isActive: boolean;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What of an agent its owner can say. */
export interface AgentFields {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly isActive?: boolean | undefined;
}

interface Key {
  readonly agentId: string;
  /** When an old key ends; `undefined` for the one that is good now. */
  readonly untilMs: number | undefined;
}

/** At most so many; then no more can be made. */
const MAX_AGENTS = 1000;
const MAX_OWNERS = 100;

/** Owners and their agents. One of each exists from the start and for good. */
export class OtpAccounts {
  readonly owner: Owner;
  readonly agent: OtpAgent;
  readonly #owners = new Map<string, Owner>();
  readonly #agents = new Map<string, OtpAgent>();
  readonly #keys = new Map<string, Key>();
  readonly #seed: string | undefined;
  readonly #clock: Clock;
  #random: Random;

  constructor(seed: string | undefined, clock: Clock) {
    this.#seed = seed;
    this.#clock = clock;
    this.#random = createRandom(seed, 'agent otp accounts');
    this.owner = this.#newOwner();
    this.agent = this.#newAgent(this.owner.ownerId, {}, this.#newKey(false));
    this.reset();
  }

  /** `undefined` when there are too many. */
  addOwner(): Owner | undefined {
    return this.#owners.size < MAX_OWNERS ? this.#newOwner() : undefined;
  }

  /** `undefined` when there are too many. `test` gives it a key whose requests are decided at once; `apiKey` its key. */
  addAgent(
    ownerId: string,
    fields: AgentFields = {},
    { test = false, apiKey = this.#newKey(test) }: { readonly test?: boolean; readonly apiKey?: string } = {},
  ): OtpAgent | undefined {
    return this.#agents.size < MAX_AGENTS ? this.#newAgent(ownerId, fields, apiKey) : undefined;
  }

  updateAgent(agent: OtpAgent, fields: AgentFields): OtpAgent {
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    return this.#keep({ ...agent, ...given, updatedAtMs: this.#clock.now() });
  }

  /** Gives it another key. The old one ends after `graceMs`. */
  rotateKey(agent: OtpAgent, graceMs: number): OtpAgent {
    const apiKey = this.#newKey(agent.apiKey.startsWith('ak_test_'));
    this.#dropOldKeys(agent.agentId);
    this.#keys.delete(agent.apiKey);
    if (graceMs > 0) this.#keys.set(agent.apiKey, { agentId: agent.agentId, untilMs: this.#clock.now() + graceMs });
    this.#keys.set(apiKey, { agentId: agent.agentId, untilMs: undefined });
    return this.#keep({ ...agent, apiKey, updatedAtMs: this.#clock.now() });
  }

  deleteAgent(agent: OtpAgent): void {
    this.#agents.delete(agent.agentId);
    this.#keys.delete(agent.apiKey);
    this.#dropOldKeys(agent.agentId);
  }

  findOwner(ownerId: string): Owner | undefined {
    return this.#owners.get(ownerId);
  }

  ownerOfSecret(secret: string): Owner | undefined {
    return [...this.#owners.values()].find(({ ownerSecret }) => ownerSecret === secret);
  }

  findAgent(agentId: string): OtpAgent | undefined {
    return this.#agents.get(agentId);
  }

  agentOfKey(apiKey: string): OtpAgent | undefined {
    const key = this.#keys.get(apiKey);
    if (key === undefined || (key.untilMs !== undefined && this.#clock.now() >= key.untilMs)) return undefined;
    return this.#agents.get(key.agentId);
  }

  /** In the order in which they were made. */
  agents(): readonly OtpAgent[] {
    return [...this.#agents.values()];
  }

  /** Forgets whatever was added or changed since the start. */
  reset(): void {
    this.#owners.clear();
    this.#agents.clear();
    this.#keys.clear();
    this.#owners.set(this.owner.ownerId, this.owner);
    this.#keep(this.agent);
    this.#keys.set(this.agent.apiKey, { agentId: this.agent.agentId, untilMs: undefined });
    this.#random = createRandom(this.#seed, 'agent otp accounts, added');
  }

  #newOwner(): Owner {
    const owner = Object.freeze({
      ownerId: this.#random.uuid(),
      ownerSecret: `uk_${this.#random.hex(20)}`,
      webhookSecret: `whsec_${btoa(this.#random.hex(24))}`,
    });
    this.#owners.set(owner.ownerId, owner);
    return owner;
  }

  #newAgent(ownerId: string, fields: AgentFields, apiKey: string): OtpAgent {
    const { name = 'Emulated agent', description = null, metadata = {}, isActive = true } = fields;
    const now = this.#clock.now();
    const agentId = this.#random.uuid();
    this.#keys.set(apiKey, { agentId, untilMs: undefined });
    return this.#keep({
      agentId,
      ownerId,
      apiKey,
      name,
      description,
      metadata,
      isActive,
      createdAtMs: now,
      updatedAtMs: now,
    });
  }

  #keep(agent: OtpAgent): OtpAgent {
    const kept = Object.freeze(agent);
    this.#agents.set(kept.agentId, kept);
    return kept;
  }

  #newKey(test: boolean): string {
    return `ak_${test ? 'test_' : ''}${this.#random.hex(16)}`;
  }

  /** So that an agent never has more than two. */
  #dropOldKeys(agentId: string): void {
    for (const [key, { agentId: of, untilMs }] of this.#keys) {
      if (of === agentId && untilMs !== undefined) this.#keys.delete(key);
    }
  }
}
