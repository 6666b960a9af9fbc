import type { Clock } from '../../runtime/clock.js';
import { Administration } from './administration/administration.js';
import { Core } from './core.js';
import type { Family } from './family.js';
import { Health } from './health.js';
import type { AxmeOptions } from './settings.js';

/** The state of the emulated AXME. */
export class AxmePlatform {
  readonly core: Core;
  readonly administration: Administration;
  readonly families: readonly Family[];

  constructor(options: AxmeOptions, seed: string | undefined, clock: Clock) {
    this.core = new Core(options, seed, clock);
    this.administration = new Administration(this.core);
    this.families = [new Health(), ...this.administration.families];
  }

  reset(): void {
    this.core.reset();
    for (const family of this.families) family.reset();
  }

  /** Ends what is open. What it holds stays. */
  close(): void {
    this.core.time.stop();
  }
}
