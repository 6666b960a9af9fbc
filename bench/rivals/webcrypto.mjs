// WebCrypto, awaited a hash at a time, as solvers on it do.
import { message } from '../message.mjs';
import { untilTimeIsUp } from '../rounds.mjs';

const BATCH = 50;

export function contenders() {
  const { bytes, next } = message();
  const batch = async () => {
    for (let i = 0; i < BATCH; i++, next()) {
      const digest = await crypto.subtle.digest('SHA-256', bytes);
      if (new DataView(digest).getUint32(0) === 0) return i + 1;
    }
    return BATCH;
  };
  return [{ solver: 'webcrypto', run: untilTimeIsUp(batch) }];
}
