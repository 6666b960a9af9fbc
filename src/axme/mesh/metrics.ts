/** How one piece of work of an agent went. */
export interface MeshMetric {
  /** Default `true`. */
  readonly success?: boolean | undefined;
  /** How long it took, in milliseconds. */
  readonly latencyMs?: number | undefined;
  /** What it cost, in US dollars. */
  readonly costUsd?: number | undefined;
}

/** What a heartbeat tells of the work since the one before (AXME contract §7). A name that nothing was reported for is left out. */
export interface MeshMetrics {
  readonly intents_total?: number | undefined;
  readonly intents_succeeded?: number | undefined;
  readonly intents_failed?: number | undefined;
  readonly avg_latency_ms?: number | undefined;
  readonly cost_usd?: number | undefined;
  readonly [name: string]: unknown;
}

/** Sums of reports. */
interface Sums {
  readonly succeeded: number;
  readonly failed: number;
  /** Of the reports that had a latency: the mean is over these alone. */
  readonly latencies: number;
  readonly latencyMs: number;
  readonly costs: number;
  readonly costUsd: number;
}

const NOTHING: Sums = { succeeded: 0, failed: 0, latencies: 0, latencyMs: 0, costs: 0, costUsd: 0 };

/** Adds up reports between two heartbeats. */
export class MetricsBuffer {
  #sums = NOTHING;

  add({ success = true, latencyMs, costUsd }: MeshMetric): void {
    this.#sums = sum(this.#sums, {
      succeeded: success ? 1 : 0,
      failed: success ? 0 : 1,
      latencies: latencyMs === undefined ? 0 : 1,
      latencyMs: latencyMs ?? 0,
      costs: costUsd === undefined ? 0 : 1,
      costUsd: costUsd ?? 0,
    });
  }

  /**
   * What has been reported so far, which is then counted as told; `undefined` if that is nothing. `restore` takes it back, for
   * a heartbeat that failed: later reports are kept.
   */
  take(): { readonly metrics: MeshMetrics; readonly restore: () => void } | undefined {
    const taken = this.#sums;
    if (taken === NOTHING) return undefined;
    this.#sums = NOTHING;
    const restore = () => {
      this.#sums = sum(taken, this.#sums);
    };
    return { metrics: metricsOf(taken), restore };
  }
}

function sum(a: Sums, b: Sums): Sums {
  return {
    succeeded: a.succeeded + b.succeeded,
    failed: a.failed + b.failed,
    latencies: a.latencies + b.latencies,
    latencyMs: a.latencyMs + b.latencyMs,
    costs: a.costs + b.costs,
    costUsd: a.costUsd + b.costUsd,
  };
}

function metricsOf({ succeeded, failed, latencies, latencyMs, costs, costUsd }: Sums): MeshMetrics {
  return {
    intents_total: succeeded + failed,
    intents_succeeded: succeeded,
    intents_failed: failed,
    ...(latencies > 0 ? { avg_latency_ms: latencyMs / latencies } : {}),
    ...(costs > 0 ? { cost_usd: costUsd } : {}),
  };
}
