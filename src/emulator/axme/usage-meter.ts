import type { Scheduler } from './scheduler.js';

/** What is counted, and how the values of several hours become one (AXME contract §2.14). */
const COMBINED = {
  /** The busiest minute. */
  requests_per_minute: 'max',
  intents_per_day: 'sum',
  inbox_writes_per_day: 'sum',
  media_upload_bytes_per_day: 'sum',
  /** What is stored at the end. */
  media_storage_bytes: 'last',
  webhook_deliveries_per_day: 'sum',
  schema_writes_per_day: 'sum',
} as const;

/** One of the seven quota dimensions. */
export type Dimension = keyof typeof COMBINED;

/** A number for each dimension. */
export type DimensionValues = Readonly<Record<Dimension, number>>;

/** The names of the dimensions, in the contract's order. */
export const DIMENSIONS: readonly Dimension[] = Object.keys(COMBINED) as Dimension[];

export const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** How far back one may ask: the longest series has 90 days. */
const KEPT_MS = 91 * 24 * HOUR_MS;
/** At most so many workspaces are counted for; then the one that was first counted for is dropped. */
const MAX_WORKSPACES = 1000;

interface Meter {
  /** By the start of the hour, oldest first; an hour in which nothing happened has none. */
  readonly hours: Map<number, Partial<Record<Dimension, number>>>;
  minute: number;
  requests: number;
}

/** What each workspace uses, an hour at a time, by the emulator's clock. */
export class UsageMeter {
  readonly #time: Scheduler;
  readonly #meters = new Map<string, Meter>();

  constructor(time: Scheduler) {
    this.#time = time;
  }

  /** Adds to what the workspace used of something that adds up. */
  count(workspaceId: string, dimension: Exclude<Dimension, 'requests_per_minute' | 'media_storage_bytes'>, amount = 1) {
    const hour = this.#hour(this.#meter(workspaceId));
    hour[dimension] = (hour[dimension] ?? 0) + amount;
  }

  /** Counts a request. */
  countRequest(workspaceId: string): void {
    const meter = this.#meter(workspaceId);
    const minute = Math.floor(this.#time.now() / MINUTE_MS);
    meter.requests = meter.minute === minute ? meter.requests + 1 : 1;
    meter.minute = minute;
    const hour = this.#hour(meter);
    hour.requests_per_minute = Math.max(hour.requests_per_minute ?? 0, meter.requests);
  }

  /** Notes how many bytes the workspace stores now. */
  setStoredBytes(workspaceId: string, bytes: number): void {
    this.#hour(this.#meter(workspaceId)).media_storage_bytes = bytes;
  }

  /** What the workspace used from `from` to before `to`, in milliseconds since the epoch, both on the hour. */
  between(workspaceId: string, from: number, to: number): DimensionValues {
    const values = Object.fromEntries(DIMENSIONS.map((name) => [name, 0])) as Record<Dimension, number>;
    for (const [at, hour] of this.#meters.get(workspaceId)?.hours ?? []) {
      if (at >= to) break;
      for (const [name, value] of Object.entries(hour) as [Dimension, number][]) {
        const how = COMBINED[name];
        // What was stored before is stored until something changes that.
        if (how === 'last') values[name] = value;
        else if (at >= from) values[name] = how === 'max' ? Math.max(values[name], value) : values[name] + value;
      }
    }
    return values;
  }

  clear(): void {
    this.#meters.clear();
  }

  #meter(workspaceId: string): Meter {
    const known = this.#meters.get(workspaceId);
    if (known !== undefined) return known;
    const meter = { hours: new Map(), minute: 0, requests: 0 };
    this.#meters.set(workspaceId, meter);
    if (this.#meters.size > MAX_WORKSPACES) this.#meters.delete(this.#meters.keys().next().value as string);
    return meter;
  }

  #hour({ hours }: Meter): Partial<Record<Dimension, number>> {
    const now = this.#time.now();
    const at = now - (now % HOUR_MS);
    const known = hours.get(at);
    if (known !== undefined) return known;
    const hour = {};
    hours.set(at, hour);
    for (const [start, old] of hours) {
      if (start >= now - KEPT_MS) break;
      hours.delete(start);
      const next = hours.values().next().value;
      if (next) next.media_storage_bytes ??= old.media_storage_bytes ?? 0;
    }
    return hour;
  }
}
