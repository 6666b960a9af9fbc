// ALTCHA's SHA-256 solver, asked for a number that is not there.
import { createRequire } from 'node:module';
import { solveChallenge } from 'altcha-lib/v1';
import { CHALLENGE } from '../message.mjs';
import { untilTimeIsUp } from '../rounds.mjs';

const NO_DIGEST = 'x'.repeat(64);
const BATCH = 100;

export function contenders() {
  const { version } = createRequire(import.meta.url)('../node_modules/altcha-lib/package.json');
  let next = 1_000_000;
  const batch = async () => {
    await solveChallenge(NO_DIGEST, CHALLENGE, 'SHA-256', next + BATCH - 1, next).promise;
    next += BATCH;
    return BATCH;
  };
  return [{ solver: 'altcha', version, run: untilTimeIsUp(batch) }];
}
