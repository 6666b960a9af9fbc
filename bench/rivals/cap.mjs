// Cap's own solver from npm. It begins at 0 and returns the nonce that solves, hence has tried one more than that.
import { createRequire } from 'node:module';
import { CHALLENGE } from '../message.mjs';
import { untilTimeIsUp } from '../rounds.mjs';

// Four hexadecimal digits: some 65,000 hashes a call, so that the call itself costs nothing.
const TARGET = '0000';

export function contenders() {
  const require = createRequire(import.meta.url);
  const { version } = require('@cap.js/wasm/package.json');
  const { solve_pow } = require('@cap.js/wasm/node/cap_wasm.js');
  let salt = 0;
  const batch = () => {
    const own = String(salt++);
    return Number(solve_pow(CHALLENGE.slice(own.length) + own, TARGET)) + 1;
  };
  return [{ solver: 'cap', version, run: untilTimeIsUp(batch) }];
}
