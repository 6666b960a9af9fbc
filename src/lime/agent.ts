import { LimeLogin } from './lime-login.js';

/** An agent at LIME: everything that `LimeLogin` does. */
export class LimeAgent extends LimeLogin {}
