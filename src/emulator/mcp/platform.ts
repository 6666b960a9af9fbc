import type { Clock } from '../../runtime/clock.js';
import type { LimePlatform } from '../lime/platform.js';
import { createRandom, type Random } from '../random.js';
import { bearerOf, type Caller, TokenRefusal } from './bearer.js';
import { McpRecord } from './record.js';
import { McpSessions } from './sessions.js';
import { createMcpSettings, type McpOptions, type McpSettings } from './settings.js';

/** The state of the demo MCP server, which trusts the tokens of `lime`. */
export class McpPlatform {
  readonly settings: McpSettings;
  readonly record: McpRecord;
  readonly sessions: McpSessions;
  readonly #lime: LimePlatform;
  readonly #clock: Clock;
  readonly #seed: string | undefined;
  #random: Random;

  constructor(options: McpOptions, lime: LimePlatform, seed: string | undefined, clock: Clock) {
    this.settings = createMcpSettings(options);
    this.record = new McpRecord();
    this.#lime = lime;
    this.#clock = clock;
    this.#seed = seed;
    this.#random = createRandom(seed, 'mcp sessions');
    const { settings, record } = this;
    this.sessions = new McpSessions({ clock, settings, record }, () => this.#random);
  }

  /** Who calls. @throws {TokenRefusal} the request has no good token; it is counted. */
  async authenticate(request: Request): Promise<Caller> {
    try {
      return await bearerOf(request, this.#lime, this.settings.now, this.#clock);
    } catch (error) {
      if (error instanceof TokenRefusal) this.record.refusedTokens += 1;
      throw error;
    }
  }

  reset(): void {
    void this.sessions.close();
    this.settings.reset();
    this.record.clear();
    this.#random = createRandom(this.#seed, 'mcp sessions');
  }
}
