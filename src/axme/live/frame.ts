import type { ServerEvent } from '../../sse/index.js';

/** An event of a stream as it is on the wire. */
export type Frame = Readonly<Record<string, unknown>>;

/** The data of an event, if it is a JSON object; a frame that is none says nothing (AXME contract §4.1). */
export function readFrame({ data }: Pick<ServerEvent, 'data'>): Frame | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(data);
  } catch {
    return undefined;
  }
  return isFrame(frame) ? frame : undefined;
}

export function isFrame(value: unknown): value is Frame {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where an event stands in its stream; `undefined` if it does not say. */
export function seqOf({ seq }: { readonly seq?: unknown }): number | undefined {
  return Number.isSafeInteger(seq) && (seq as number) >= 0 ? (seq as number) : undefined;
}
