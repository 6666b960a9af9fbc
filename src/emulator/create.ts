import * as v from 'valibot';
import { systemClock } from '../runtime/clock.js';
import { createApp } from './app.js';
import { createAxmeControl } from './axme/control.js';
import { AxmePlatform } from './axme/platform.js';
import { createEmulatorClock } from './clock.js';
import type { Emulator, EmulatorOptions } from './emulator.js';
import { FaultRules } from './faults/rules.js';
import { checkInput } from './input.js';
import { createLimeControl } from './lime/control.js';
import { LimePlatform } from './lime/platform.js';
import { createMcpControl } from './mcp/control.js';
import { McpPlatform } from './mcp/platform.js';
import { RequestLog } from './request-log.js';

const seedSchema = v.optional(v.union([v.string(), v.number()]));

/**
 * A local LIME, as a fetch handler on web standards: LIME is under `/api/v1`, an MCP server that takes its tokens at
 * `/mcp`, AXME's gateway under `/axme`, the control hooks under `/__emulator`, a page that shows the state at `/`.
 *
 * @throws {EmulatorInputError} an option has the wrong type or range.
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const seed = checkInput(seedSchema, options.seed, 'seed')?.toString();
  const clock = createEmulatorClock(options.clock ?? systemClock);
  const faults = new FaultRules();
  const log = new RequestLog(clock);
  const platform = new LimePlatform(options.lime ?? {}, seed, clock);
  const mcp = new McpPlatform(options.mcp ?? {}, platform, seed, clock);
  const axme = new AxmePlatform(options.axme ?? {}, seed, clock);
  const emulator: Emulator = {
    fetch: async (input, init) => {
      const request = input instanceof Request ? input : new Request(input, init);
      request.signal.throwIfAborted();
      return app.fetch(request);
    },
    lime: createLimeControl(platform),
    mcp: createMcpControl(mcp, faults),
    axme: createAxmeControl(axme),
    faults,
    clock,
    get requests() {
      return log.list();
    },
    reset() {
      clock.reset();
      platform.reset();
      mcp.reset();
      axme.reset();
      faults.clear();
      log.clear();
    },
    close() {
      platform.events.close();
      axme.close();
      return mcp.sessions.close();
    },
  };
  const app = createApp({ emulator, platform, mcp, axme, faults, log });
  return emulator;
}
