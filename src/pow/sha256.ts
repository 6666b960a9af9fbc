// SHA-256 (FIPS 180-4, §6.2) a block at a time, for what is done once a row of nonces: chaining values, the rounds
// before the varying word, a candidate's full digest. The inner loop is in the kernels.

/** Round constants (§4.2.2). */
export const K: Int32Array = /* @__PURE__ */ cubeRoots(64);

/** Initial hash value (§5.3.3). */
export const INITIAL: readonly number[] = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

export const BLOCK_BYTES = 64;

/** σ0 and σ1 of the message schedule (§4.1.2). */
export const s0 = (x: number): number => rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3);
export const s1 = (x: number): number => rotr(x, 17) ^ rotr(x, 19) ^ (x >>> 10);

const rotr = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** Rounds from…to−1 over the eight working variables in `state`, with the message schedule `w`. */
export function rounds(state: Int32Array, w: Int32Array, from: number, to: number): void {
  // It has eight; the type of an array does not say so.
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let i = from; i < to; i++) {
    const t1 = h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + (g ^ (e & (f ^ g))) + K[i]! + w[i]!;
    const t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) | (c & (a | b)));
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
  state[4] = e;
  state[5] = f;
  state[6] = g;
  state[7] = h;
}

/** Fills in the schedule's words from…to−1 from the sixteen before each. */
export function schedule(w: Int32Array, from: number, to: number): void {
  for (let i = from; i < to; i++) w[i] = s1(w[i - 2]!) + w[i - 7]! + s0(w[i - 15]!) + w[i - 16]!;
}

const working = new Int32Array(8);

/** Compresses the block in w[0…15] into the chaining value `chain`; w[16…63] is overwritten. */
export function compress(chain: Int32Array, w: Int32Array): void {
  schedule(w, 16, 64);
  working.set(chain);
  rounds(working, w, 0, 64);
  for (let i = 0; i < 8; i++) chain[i] = chain[i]! + working[i]!;
}

/** Reads the block at `offset` of `bytes` into w[0…15]. */
export function readBlock(w: Int32Array, bytes: Uint8Array, offset: number): void {
  for (let i = 0, at = offset; i < 16; i++, at += 4) {
    w[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }
}

/** How many bits of a digest are zero before the first that is not. */
export function leadingZeroBits(digest: Int32Array): number {
  const first = digest.findIndex((word) => word !== 0);
  return first < 0 ? 256 : first * 32 + Math.clz32(digest[first]!);
}

// The fractional parts of the cube roots of the first primes. A double's 53 bits hold the integral part (below 8) and
// 50 bits behind the point: more than the 32 that are asked for.
function cubeRoots(count: number): Int32Array {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return Int32Array.from(found, (prime) => (Math.cbrt(prime) % 1) * 2 ** 32);
}
