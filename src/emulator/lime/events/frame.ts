import type { EventSettings } from './settings.js';

type FrameSettings = Pick<EventSettings['now'], 'lineEnd' | 'multiLine' | 'comments' | 'eventNames'>;

const LINE_ENDS = { lf: '\n', crlf: '\r\n', cr: '\r' } as const;

/** A frame of LIME contract §9.1: one `data` line of JSON and a blank line, unless the settings want it otherwise. */
export function frameBytes(json: object, settings: FrameSettings, id?: number): Uint8Array {
  const data = settings.multiLine ? JSON.stringify(json, null, 1).split('\n') : [JSON.stringify(json)];
  const lines = [
    ...(settings.eventNames && 'type' in json ? [`event: ${json.type}`] : []),
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...data.map((line) => `data: ${line}`),
  ];
  return linesBytes(settings.comments ? lines.flatMap((line) => [': a comment', line]) : lines, settings);
}

/** Lines and a blank one. */
export function linesBytes(lines: readonly string[], { lineEnd }: Pick<FrameSettings, 'lineEnd'>): Uint8Array {
  return new TextEncoder().encode([...lines, '', ''].join(LINE_ENDS[lineEnd]));
}

/** The bytes in pieces of at most `size`. */
export function* piecesOf(bytes: Uint8Array, size: number | null): Generator<Uint8Array> {
  const step = size ?? Math.max(bytes.length, 1);
  for (let from = 0; from < bytes.length; from += step) yield bytes.subarray(from, from + step);
}
