import type { AxmeRouter } from './router.js';

/** One of the gateway's families: its routes and its state. */
export interface Family {
  routes(router: AxmeRouter): void;
  /** Back to how it was created. */
  reset(): void;
}
