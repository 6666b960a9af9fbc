/** Where ids, tokens and challenges come from. */
export interface Random {
  /** `bytes` random bytes in lower-case hexadecimal. */
  hex(bytes: number): string;
  /** A version 4 UUID. */
  uuid(): string;
}

/**
 * Cryptographic randomness, or with a `seed` a sequence that is the same each time (and no secret at all), another one
 * for each `purpose`.
 */
export function createRandom(seed: string | undefined, purpose: string): Random {
  const fill =
    seed === undefined
      ? (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes)
      : seeded(`${purpose}:${seed}`);
  const hex = (length: number) =>
    Array.from(fill(new Uint8Array(length)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return {
    hex,
    uuid: () => hex(16).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5'),
  };
}

/** The sfc32 generator, its state filled from the seed by FNV-1a with four starts. */
function seeded(seed: string): (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> {
  let [a, b, c, counter] = [1, 2, 3, 4].map((start) => fnv1a(`${start}:${seed}`)) as [number, number, number, number];
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum;
  };
  // The first numbers still show how close two seeds are.
  for (let i = 0; i < 16; i++) next();
  return (bytes) => bytes.map(() => next() >>> 24);
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const unit of new TextEncoder().encode(text)) hash = Math.imul(hash ^ unit, 0x01000193);
  return hash | 0;
}
