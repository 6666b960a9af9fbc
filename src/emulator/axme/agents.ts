import type { Scheduler } from './scheduler.js';
import { dateTime } from './time.js';

/** An agent that is registered: it has a service account. */
export interface RegisteredAgent {
  /** `agent://<org>/<workspace>/<name>` */
  readonly address: string;
  readonly serviceAccountId: string;
  readonly serviceAccountName: string;
  readonly displayName: string | null;
  readonly status: 'active' | 'suspended' | 'deleted';
  readonly orgId: string;
  readonly workspaceId: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What is needed to register an agent. */
export type NewAgent = Pick<
  RegisteredAgent,
  'address' | 'serviceAccountId' | 'serviceAccountName' | 'displayName' | 'orgId' | 'workspaceId'
>;

/** At most so many are registered; then the oldest is dropped. */
const MAX_AGENTS = 10_000;

/** The agents that are registered, by address. */
export class Agents {
  readonly #time: Scheduler;
  readonly #agents = new Map<string, RegisteredAgent>();
  readonly #killed = new Set<string>();

  constructor(time: Scheduler) {
    this.#time = time;
  }

  /** Registers it, or changes the one that has the address. */
  register(agent: NewAgent): RegisteredAgent {
    const now = this.#time.now();
    const createdAt = this.#agents.get(agent.address)?.createdAt ?? now;
    return this.#put({ ...agent, status: 'active', createdAt, updatedAt: now });
  }

  /** Changes its status; nothing when no agent has the address. */
  setStatus(address: string, status: RegisteredAgent['status']): void {
    const agent = this.find(address);
    if (agent !== undefined) this.#put({ ...agent, status, updatedAt: this.#time.now() });
  }

  /** By its address, with or without `agent://`. */
  find(address: string): RegisteredAgent | undefined {
    return this.#agents.get(fullAddress(address));
  }

  /** In the order in which they were registered. */
  list(): readonly RegisteredAgent[] {
    return [...this.#agents.values()];
  }

  /** From now on intents to and from it are refused, until {@link Agents.resume} (AXME contract §7). */
  kill(address: string): void {
    this.#killed.add(fullAddress(address));
  }

  resume(address: string): void {
    this.#killed.delete(fullAddress(address));
  }

  isKilled(address: string): boolean {
    return this.#killed.has(fullAddress(address));
  }

  clear(): void {
    this.#agents.clear();
    this.#killed.clear();
  }

  #put(agent: RegisteredAgent): RegisteredAgent {
    this.#agents.set(agent.address, Object.freeze(agent));
    if (this.#agents.size > MAX_AGENTS) this.#agents.delete(this.#agents.keys().next().value as string);
    return agent;
  }
}

/** The address as it is in bodies, however it was written in a path. */
export function fullAddress(address: string): string {
  const trimmed = address.trim();
  return trimmed.startsWith('agent://') ? trimmed : `agent://${trimmed}`;
}

/** AgentEntry of AXME contract §2.15. */
export function agentEntry(agent: RegisteredAgent): object {
  return {
    address: agent.address,
    service_account_id: agent.serviceAccountId,
    service_account_name: agent.serviceAccountName,
    display_name: agent.displayName,
    status: agent.status,
    created_at: dateTime(agent.createdAt),
    updated_at: dateTime(agent.updatedAt),
  };
}
