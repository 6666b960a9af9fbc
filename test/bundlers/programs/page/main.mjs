import { logIn } from '../log-in.mjs';

globalThis.logIn = logIn;
