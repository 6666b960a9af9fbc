import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServerEvent } from '../../src/sse/index.js';
import { EventParser } from '../../src/sse/parser.js';
import { cuts, garbage, legalStream, split, utf8 } from './bytes.js';
import { referenceEvents } from './reference.js';

function parse(chunks: readonly Uint8Array[], maxLength = 2 ** 20) {
  const parser = new EventParser({ maxLength, lastEventId: '' });
  const events = chunks.flatMap((chunk) => parser.read(chunk));
  return { events, lastEventId: parser.lastEventId, retryMs: parser.retryMs };
}
const parseText = (...texts: string[]) => parse(texts.map(utf8)).events;
const data = (events: readonly ServerEvent[]) => events.map((event) => event.data);

describe('any stream, split at any byte', () => {
  it.each([
    ['legal', legalStream],
    ['garbage', garbage],
  ])('has the events that the standard says (%s)', (_, streams) => {
    fc.assert(
      fc.property(streams, cuts, (bytes, cuts) => {
        expect(parse(split(bytes, cuts))).toMatchObject(referenceEvents(bytes));
      }),
      { numRuns: 1500 },
    );
  });

  it('is too long, or not, wherever it is split', () => {
    const ending = (chunks: readonly Uint8Array[]) => {
      const parser = new EventParser({ maxLength: 1000, lastEventId: '' });
      return { events: chunks.flatMap((chunk) => parser.read(chunk)), tooLong: parser.tooLong };
    };
    fc.assert(
      fc.property(legalStream, cuts, (bytes, cuts) => {
        // A last line without an end is counted as it comes, so that it is left out.
        const whole = bytes.slice(0, Math.max(bytes.lastIndexOf(10), bytes.lastIndexOf(13)) + 1);
        expect(ending(split(whole, cuts))).toEqual(ending([whole]));
      }),
      { numRuns: 500 },
    );
  });
});

describe('lines', () => {
  it('dispatches an event at a CR without waiting for what follows it', () => {
    expect(data(parseText('data: a\r\r'))).toEqual(['a']);
    expect(data(parseText('data: a\r\n\r', '\ndata: b\r', '\n\r', '\n'))).toEqual(['a', 'b']);
    expect(data(parseText('data: a\r', '', '\n\n'))).toEqual(['a']);
  });

  it('takes one byte-order mark, split over chunks too', () => {
    const bytes = utf8('\ufeffdata: a\n\n');
    expect(data(parse([bytes.slice(0, 1), bytes.slice(1, 2), bytes.slice(2)]).events)).toEqual(['a']);
    expect(parseText('\ufeff\ufeffdata: a\n\n')).toEqual([]);
    expect(parseText('ï»¿data: a\n\n')).toEqual([]);
  });

  it('joins lines of data, and ends none at U+2028, U+2029 or U+0085', () => {
    expect(data(parseText('data: a\ndata\ndata:b\n\n', 'data: a\u2028b\u2029c\u0085d\n\n'))).toEqual([
      'a\n\nb',
      'a\u2028b\u2029c\u0085d',
    ]);
  });

  it('drops an event that the stream breaks off', () => {
    expect(parseText('data: a\n')).toEqual([]);
  });
});

describe('ids', () => {
  it('hold for later events, count without data, and can be taken back', () => {
    expect(parseText('id: 1\ndata: a\n\ndata: b\n\nid: 2\n\ndata: c\n\nid\ndata: d\n\n').map(({ id }) => id)).toEqual([
      '1',
      '1',
      '2',
      '',
    ]);
    expect(parse([utf8('id: 7\n\n')])).toMatchObject({ lastEventId: '7' });
    expect(parse([utf8('id: 7\n')])).toMatchObject({ lastEventId: '' });
    expect(parse([utf8('id: 7\nid: 8\0\n\n')])).toMatchObject({ lastEventId: '7' });
  });
});

describe('retry', () => {
  it('is read, unless it is no number', () => {
    expect(parse([utf8('retry: 10\n\n')]).retryMs).toBe(10);
    expect(parse([utf8('retry: 10\nretry: 1s\n')]).retryMs).toBe(10);
    expect(parse([utf8('retry: 1s\n')]).retryMs).toBeUndefined();
  });
});

describe('memory', () => {
  const chunk = utf8('x'.repeat(2 ** 16));

  it.each([
    ['a line without an end', () => chunk],
    ['data without an end', () => utf8(`data: ${'x'.repeat(2 ** 16 - 7)}\n`)],
    ['empty lines of data', () => utf8('data:\n'.repeat(2 ** 13))],
    ['a comment without an end', (i: number) => (i === 0 ? utf8(':') : chunk)],
  ])('is bounded for %s', (_, next) => {
    const parser = new EventParser({ maxLength: 2 ** 20, lastEventId: '' });
    let chunks = 0;
    for (; !parser.tooLong && chunks < 1000; chunks++) parser.read(next(chunks));
    expect(chunks).toBeLessThan(150);
    expect(parser.read(utf8('\n\ndata: a\n\n'))).toEqual([]);
  });

  it('does not grow with comments', () => {
    const parser = new EventParser({ maxLength: 1000, lastEventId: '' });
    for (let i = 0; i < 10_000; i++) expect(parser.read(utf8(': keepalive\n'))).toEqual([]);
    expect(parser.read(utf8('data: a\n\n'))).toHaveLength(1);
  });

  it('takes a huge event in small pieces in linear time', () => {
    const parser = new EventParser({ maxLength: 2 ** 24, lastEventId: '' });
    const piece = utf8('x'.repeat(16));
    parser.read(utf8('data:'));
    for (let i = 0; i < 500_000; i++) parser.read(piece);
    expect(parser.read(utf8('\n\n'))[0]?.data).toHaveLength(8_000_000);
  });
});
