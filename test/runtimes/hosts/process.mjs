// Runs the suite in a process of Node, Deno or Bun; the context is its argument. It must end by itself.
import { runSuite } from '../conformance/suite.mjs';

const [context] = globalThis.Deno?.args ?? process.argv.slice(2);
console.log(JSON.stringify(await runSuite(JSON.parse(context))));
