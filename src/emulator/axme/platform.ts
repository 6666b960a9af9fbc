import type { Clock } from '../../runtime/clock.js';
import { Administration } from './administration/administration.js';
import { AgentStreams } from './agent-stream.js';
import { Controls } from './controls/family.js';
import { Steering } from './controls/steering.js';
import { Core } from './core.js';
import type { Family } from './family.js';
import { Health } from './health.js';
import { Approvals } from './inbox/approvals.js';
import { Inbox } from './inbox/family.js';
import { HumanTasks } from './inbox/tasks.js';
import { Intents } from './intents/family.js';
import { Lifecycle } from './intents/lifecycle.js';
import { Mcp } from './mcp/family.js';
import { Mesh } from './mesh/family.js';
import { Scenarios } from './scenarios/family.js';
import { Workflows } from './scenarios/workflows.js';
import { Sessions } from './sessions/family.js';
import type { AxmeOptions } from './settings.js';
import { Streams } from './stream/streams.js';
import { Webhooks } from './webhooks/family.js';

/** The state of the emulated AXME. */
export class AxmePlatform {
  readonly core: Core;
  readonly administration: Administration;
  readonly lifecycle: Lifecycle;
  readonly steering: Steering;
  readonly approvals: Approvals;
  readonly webhooks: Webhooks;
  readonly streams: Streams;
  readonly families: readonly Family[];

  constructor(options: AxmeOptions, seed: string | undefined, clock: Clock) {
    this.core = new Core(options, seed, clock);
    this.administration = new Administration(this.core);
    this.lifecycle = new Lifecycle(this.core);
    const workflows = new Workflows(this.core, this.lifecycle);
    this.steering = new Steering(this.core, this.lifecycle, workflows);
    this.webhooks = new Webhooks(this.core);
    this.approvals = new Approvals(this.core);
    this.streams = new Streams(clock, this.core.settings);
    this.families = [
      new Health(),
      new Intents(this.core, this.lifecycle, this.streams),
      new Controls(this.core, this.lifecycle, this.steering),
      new Scenarios(this.core, this.lifecycle, workflows),
      new Inbox(this.core, this.lifecycle, this.steering),
      this.approvals,
      new HumanTasks(this.lifecycle),
      this.webhooks,
      new Sessions(this.core, this.streams),
      new Mcp(this.core, this.lifecycle),
      new Mesh(this.core),
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
    this.webhooks.dispatcher.close();
  }
}
