// The login as a program of Node, Deno or Bun: its argument in, one line of JSON out.
import { logIn } from './log-in.mjs';

const [input] = globalThis.Deno?.args ?? process.argv.slice(2);
console.log(JSON.stringify(await logIn(JSON.parse(input))));
