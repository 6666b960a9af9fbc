import type { Clock } from '../../runtime/clock.js';
import { Administration } from './administration/administration.js';
import { AgentStreams } from './agent-stream.js';
import { Core } from './core.js';
import type { Family } from './family.js';
import { Health } from './health.js';
import { Intents } from './intents/family.js';
import { Lifecycle } from './intents/lifecycle.js';
import type { AxmeOptions } from './settings.js';
import { Streams } from './stream/streams.js';

/** The state of the emulated AXME. */
export class AxmePlatform {
  readonly core: Core;
  readonly administration: Administration;
  readonly lifecycle: Lifecycle;
  readonly streams: Streams;
  readonly families: readonly Family[];

  constructor(options: AxmeOptions, seed: string | undefined, clock: Clock) {
    this.core = new Core(options, seed, clock);
    this.administration = new Administration(this.core);
    this.lifecycle = new Lifecycle(this.core);
    this.streams = new Streams(clock, this.core.settings);
    this.families = [
      new Health(),
      new Intents(this.core, this.lifecycle, this.streams),
      new AgentStreams(this.core, this.lifecycle, this.streams),
      ...this.administration.families,
    ];
  }

  reset(): void {
    this.streams.drop('end');
    this.core.reset();
    for (const family of this.families) family.reset();
  }

  /** Ends what is open. What it holds stays. */
  close(): void {
    this.core.time.stop();
    this.streams.drop('end');
  }
}
