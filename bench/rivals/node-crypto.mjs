// node:crypto: `crypto.hash` where there is one, over a reused buffer. Of its outputs 'binary' is the cheapest on Node:
// a Buffer for each digest costs more than the hash does.
import * as crypto from 'node:crypto';
import { BATCH, message } from '../message.mjs';
import { untilTimeIsUp } from '../rounds.mjs';

const HIT = '\0\0\0\0';

export function contenders() {
  const { bytes, next } = message();
  const hash = crypto.hash
    ? () => crypto.hash('sha256', bytes, 'binary')
    : () => crypto.createHash('sha256').update(bytes).digest('binary');
  const batch = () => {
    for (let i = 0; i < BATCH; i++, next()) if (hash().startsWith(HIT)) return i + 1;
    return BATCH;
  };
  return [{ solver: 'node-crypto', version: crypto.hash ? 'crypto.hash' : 'createHash', run: untilTimeIsUp(batch) }];
}
