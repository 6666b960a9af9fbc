/** A notification that a client sent. */
export interface SeenNotification {
  readonly method: string;
  readonly params: unknown;
}

/** At most so many notifications are kept, newest last. */
const MAX_NOTIFICATIONS = 100;
/** At most so many names are counted; others are passed over. */
const MAX_NAMES = 10_000;

/** What happened on the demo MCP server since the start or the last reset. */
export class McpRecord {
  initializes = 0;
  refusedTokens = 0;
  logLevel: string | null = null;
  readonly requests = new Counts();
  readonly calls = new Counts();
  readonly effects = new Counts();
  #notifications: SeenNotification[] = [];

  /** Notes a JSON-RPC message of a client; an answer is none. */
  message({
    method,
    id,
    params,
  }: {
    readonly method?: unknown;
    readonly id?: unknown;
    readonly params?: unknown;
  }): void {
    if (typeof method !== 'string') return;
    if (id !== undefined) return void this.requests.add(method);
    this.#notifications.push({ method, params });
    if (this.#notifications.length > MAX_NOTIFICATIONS) this.#notifications.shift();
  }

  notifications(): readonly SeenNotification[] {
    return [...this.#notifications];
  }

  clear(): void {
    this.initializes = 0;
    this.refusedTokens = 0;
    this.logLevel = null;
    this.#notifications = [];
    for (const counts of [this.requests, this.calls, this.effects]) counts.clear();
  }
}

/** How often each name came up. */
class Counts {
  readonly #counts = new Map<string, number>();

  /** Counts the name once more, and says how often that is. */
  add(name: string): number {
    const count = (this.#counts.get(name) ?? 0) + 1;
    if (count > 1 || this.#counts.size < MAX_NAMES) this.#counts.set(name, count);
    return count;
  }

  toObject(): Readonly<Record<string, number>> {
    return Object.freeze(Object.fromEntries(this.#counts));
  }

  clear(): void {
    this.#counts.clear();
  }
}
