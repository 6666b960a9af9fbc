/** An API key that the gateway accepts. */
export interface ApiKey {
  /** The secret: `axme_sa_<service account>_<secret>`. */
  readonly token: string;
  /** Whose key it is: the address of the service account's agent. */
  readonly agentAddress: string;
  readonly serviceAccountId: string;
  readonly orgId: string;
  readonly workspaceId: string;
}

/** At most so many keys are accepted; then the oldest that was added is dropped. */
const MAX_KEYS = 10_000;

/** The API keys that are accepted. One exists from the start and for good. */
export class ApiKeys {
  readonly first: ApiKey;
  readonly #keys = new Map<string, ApiKey>();

  constructor(first: ApiKey) {
    this.first = Object.freeze(first);
    this.reset();
  }

  add(key: ApiKey): void {
    this.#keys.set(key.token, Object.freeze(key));
    if (this.#keys.size <= MAX_KEYS) return;
    for (const token of this.#keys.keys()) {
      if (token === this.first.token) continue;
      this.#keys.delete(token);
      return;
    }
  }

  find(token: string): ApiKey | undefined {
    return this.#keys.get(token);
  }

  /** From now on the key is not accepted any more. */
  revoke(token: string): void {
    this.#keys.delete(token);
  }

  /** Forgets whatever was added since the start. */
  reset(): void {
    this.#keys.clear();
    this.#keys.set(this.first.token, this.first);
  }
}
