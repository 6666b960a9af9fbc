// What the command line asks for.
import { parseArgs } from 'node:util';

export const QUESTIONS = ['pow', 'lengths', 'latency', 'pool', 'mcp', 'login', 'site', 'axme'];

export const USAGE = `npm run bench -- [question …] [options]

  pow        every solver side by side
  lengths    the rate by the prefix's length
  latency    the time to solve by difficulty, cold and warm
  pool       a thousand solves at once
  mcp        tool calls a second, against the bare MCP SDK
  login      logins a second with 64 in flight, and what login() adds
  site       events handed over, passports and MCP tokens verified a second, against what does it bare
  axme       an intent's events a second against what reads them bare, the first one's delay, round trips a second

  --json     one JSON document on stdout and nothing else there
  --quick    fewer and shorter rounds: at most half a minute a question
  --runtime  node (default), bun or deno, for pow
`;

/** @throws {TypeError} the line asks for what there is not. */
export function readOptions(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      runtime: { type: 'string', default: 'node' },
    },
  });
  const unknown = positionals.find((name) => !QUESTIONS.includes(name));
  if (unknown) throw new TypeError(`There is no question "${unknown}". ${USAGE}`);
  if (!['node', 'bun', 'deno'].includes(values.runtime))
    throw new TypeError(`There is no runtime "${values.runtime}".`);
  const questions = positionals.length > 0 ? positionals : values.runtime === 'node' ? QUESTIONS : ['pow'];
  if (values.runtime !== 'node' && questions.some((name) => name !== 'pow')) {
    throw new TypeError(`Only pow runs under ${values.runtime}.`);
  }
  return { ...values, questions };
}
