import type { Clock } from '../../runtime/clock.js';
import { createRandom, type Random } from '../random.js';
import { Activity } from './activity.js';
import { Actors } from './actors.js';
import { Agents } from './agents.js';
import { Announcements } from './announcements.js';
import { ApiKeys } from './api-keys.js';
import { IdempotencyRecords } from './idempotency.js';
import { Nicks } from './nicks.js';
import { Scheduler } from './scheduler.js';
import { type AxmeOptions, type AxmeSettings, createAxmeSettings } from './settings.js';

/** What exists from the start and for good. */
export interface Home {
  readonly orgId: string;
  readonly workspaceId: string;
  readonly serviceAccountId: string;
  /** The address of the first API key's agent. */
  readonly agentAddress: string;
}

/** What every family of the gateway builds on: settings, time, ids, and who may call. */
export class Core {
  readonly settings: AxmeSettings;
  readonly clock: Clock;
  /** What happens by itself, and the time that events are dated with. */
  readonly time: Scheduler;
  readonly home: Home;
  readonly keys: ApiKeys;
  readonly actors: Actors;
  readonly agents: Agents;
  readonly nicks: Nicks = new Nicks();
  readonly idempotency: IdempotencyRecords;
  readonly announcements: Announcements = new Announcements();
  /** What is used and done. */
  readonly activity: Activity;
  readonly #seed: string | undefined;
  #ids: Random;

  constructor(options: AxmeOptions, seed: string | undefined, clock: Clock) {
    this.settings = createAxmeSettings(options);
    this.clock = clock;
    this.time = new Scheduler(clock);
    this.agents = new Agents(this.time);
    this.idempotency = new IdempotencyRecords(this.time);
    this.activity = new Activity(this.time, () => this.#ids);
    this.#seed = seed;
    this.#ids = createRandom(seed, 'axme');
    const first = createRandom(seed, 'axme accounts');
    const account = first.hex(8);
    this.home = Object.freeze({
      orgId: first.uuid(),
      workspaceId: first.uuid(),
      serviceAccountId: `sa_${account}`,
      agentAddress: 'agent://emulator/default/caller',
    });
    this.keys = new ApiKeys({ token: `axme_sa_${account}_${first.hex(20)}`, ...this.home });
    this.actors = new Actors(this.home, first, this.time);
    this.#registerFirstAgent();
  }

  /** New ids and secrets; with a seed the same each time. */
  get ids(): Random {
    return this.#ids;
  }

  get strict(): boolean {
    return this.settings.now.strict;
  }

  /** Forgets whatever came after the start. */
  reset(): void {
    this.time.clear();
    this.settings.reset();
    this.keys.reset();
    this.actors.reset();
    this.agents.clear();
    this.nicks.clear();
    this.idempotency.clear();
    this.activity.clear();
    this.#ids = createRandom(this.#seed, 'axme');
    this.#registerFirstAgent();
  }

  #registerFirstAgent(): void {
    const { agentAddress, serviceAccountId, orgId, workspaceId } = this.home;
    const names = { serviceAccountName: 'caller', displayName: 'Emulated caller' };
    this.agents.register({ address: agentAddress, serviceAccountId, orgId, workspaceId, ...names });
  }
}
