// What is hashed: a challenge like a platform's, 32 hexadecimal digits, with a nonce of seven decimal ones behind it.

export const CHALLENGE = '9f86d081884c7d659a2feaa0c55ad015';
const DIGITS = 7;

/** One buffer for all nonces: `next` raises the nonce by one, in place. */
export function message() {
  const bytes = new Uint8Array(CHALLENGE.length + DIGITS).fill(0x30);
  bytes.set(new TextEncoder().encode(CHALLENGE));
  bytes[CHALLENGE.length] = 0x31;
  const last = bytes.length - 1;
  return {
    bytes,
    next() {
      let at = last;
      while (bytes[at] === 0x39) bytes[at--] = 0x30;
      bytes[at]++;
    },
  };
}

/** So many hashes between two looks at the clock. */
export const BATCH = 500;
