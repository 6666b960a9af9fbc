/** Remembers ids, so that what bears one is used once. */
export interface ReplayStore {
  /**
   * Takes `id` for `ttlSeconds`: `true` for the first who asks, `false` for all others until then. It must be atomic: of two who
   * ask at once, one gets it (`SET key 1 NX EX ttl` in Redis).
   */
  claim(id: string, ttlSeconds: number): Promise<boolean> | boolean;
}
