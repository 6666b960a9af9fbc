import { LimeLogin } from './lime-login.js';
import type { LimeLoginOptions } from './options.js';

/** Options of `LimeAgent` (LIME contract §8.6). */
export interface LimeAgentOptions extends LimeLoginOptions {}

/** An agent at LIME: everything that `LimeLogin` does. */
export class LimeAgent extends LimeLogin {
  /**
   * @throws {AuthenticationError} there is no usable agent token.
   * @throws {LimeInputError} another option has the wrong form.
   */
  constructor(options?: LimeAgentOptions) {
    super(options);
  }
}
