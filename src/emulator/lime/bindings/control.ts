import * as v from 'valibot';
import { EmulatorInputError, EmulatorNotFoundError } from '../../errors.js';
import { checkInput } from '../../input.js';
import type { LimePlatform } from '../platform.js';
import type { Binding } from './bindings.js';
import { type CompletedBinding, completeBinding } from './complete.js';

export interface CompleteOptions {
  /** The agent that is picked. Default: the first that exists from the start. */
  readonly agentToken?: string | undefined;
}

/** What tests and scripts may do to bindings. */
export interface BindingsControl {
  /** `undefined` if the id is unknown, or so many were added since that it was dropped. */
  get(bindingId: string): Binding | undefined;
  /** Oldest first. */
  list(): readonly Binding[];
  /**
   * What the portal does when a person picks an agent: where it sends the browser.
   *
   * @throws {EmulatorNotFoundError} the id is unknown.
   * @throws {EmulatorInputError} the binding is not pending, or no agent has this token.
   */
  complete(bindingId: string, options?: CompleteOptions): Promise<CompletedBinding>;
  /** Ends its time, or that of its code, now. @throws {EmulatorNotFoundError} the id is unknown. */
  expire(bindingId: string): Binding;
}

const completeOptions = v.strictObject({ agentToken: v.optional(v.string()) });

export function createBindingsControl(platform: LimePlatform): BindingsControl {
  const { bindings, accounts } = platform;
  const existing = (bindingId: string): Binding => {
    const binding = bindings.get(bindingId);
    if (binding === undefined) throw new EmulatorNotFoundError('No binding has this id, or it was dropped.');
    return binding;
  };
  return {
    get: (bindingId) => bindings.get(bindingId),
    list: () => bindings.list(),
    async complete(bindingId, options = {}) {
      const { agentToken = accounts.agent.token } = checkInput(completeOptions, options, 'binding');
      const agent = accounts.findAgent(agentToken);
      if (agent === undefined) throw new EmulatorInputError('binding.agentToken: no agent has this token.');
      existing(bindingId);
      const completed = await completeBinding(platform, bindingId, agent);
      if (completed === undefined) throw new EmulatorInputError('binding: it was completed or has expired.');
      return completed;
    },
    expire(bindingId) {
      bindings.expire(bindingId);
      return existing(bindingId);
    },
  };
}
