// hash-wasm: one instance, begun anew for each nonce, over a reused buffer.
import { createSHA256 } from 'hash-wasm';
import { BATCH, message } from '../message.mjs';
import { untilTimeIsUp } from '../rounds.mjs';

export async function contenders() {
  const hasher = await createSHA256();
  const { bytes, next } = message();
  const batch = () => {
    for (let i = 0; i < BATCH; i++, next()) {
      const digest = hasher.init().update(bytes).digest('binary');
      if (digest[0] === 0 && digest[1] === 0 && digest[2] === 0 && digest[3] === 0) return i + 1;
    }
    return BATCH;
  };
  return [{ solver: 'hash-wasm', run: untilTimeIsUp(batch) }];
}
