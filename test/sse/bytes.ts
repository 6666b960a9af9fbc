import fc from 'fast-check';

export const utf8 = (text: string) => new TextEncoder().encode(text);

/** The bytes cut at these places (any numbers), in order. */
export function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => bytes.slice(from, places[i] ?? bytes.length));
}

export const cuts = fc.oneof(
  fc.array(fc.nat(10_000), { maxLength: 20 }),
  fc.constant(Array.from({ length: 10_000 }, (_, i) => i)), // every byte on its own
);

const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map((s) => s.replace(/[\r\n]/g, '')),
  fc.constantFrom(
    '',
    ' ',
    '  two',
    ':',
    '\u2028',
    'a\u2029b\u0085c',
    '\ufeff',
    'ï»¿',
    '😀',
    '\0',
    '{"a":1}',
    'x'.repeat(3000),
  ),
);
const field = fc.constantFrom(
  'data',
  'data',
  'data',
  'event',
  'id',
  'id',
  'retry',
  '',
  'unknown',
  'Data',
  'idle',
  'i',
  'dat',
);
const line = fc.oneof(
  fc.tuple(field, fc.constantFrom(':', ': '), value).map((parts) => parts.join('')),
  field,
  fc.constantFrom('', '', ''),
  value,
);
const lineEnd = fc.constantFrom('\n', '\r', '\r\n');

/** A stream of legal lines with every line end, comments, ids with and without data, and now and then a BOM. */
export const legalStream = fc
  .tuple(
    fc.constantFrom('', '', '\ufeff', '\ufeff\ufeff', 'ï»¿'),
    fc.array(fc.tuple(line, lineEnd), { maxLength: 40 }),
    fc.option(value, { nil: '' }),
  )
  .map(([bom, lines, tail]) => utf8(bom + lines.flat().join('') + tail));

/** Any bytes, many of which mean something in a stream. */
export const garbage = fc
  .array(fc.oneof(fc.constantFrom(...[...utf8('\r\n: did\ufeff')]), fc.integer({ min: 0, max: 255 })), {
    maxLength: 400,
  })
  .map((bytes) => Uint8Array.from(bytes));
