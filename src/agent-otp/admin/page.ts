import { isObject, malformed, readFields, unwrap } from '../fields.js';

/** Which part of a list to fetch. */
export interface PageQuery {
  /** From 1. Default 1. */
  readonly page?: number | undefined;
  /** How many a page has: 1 to 100. Default 20. */
  readonly limit?: number | undefined;
}

/** A part of a list. Frozen. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly meta: {
    readonly page?: number | undefined;
    readonly limit?: number | undefined;
    readonly total?: number | undefined;
    readonly totalPages?: number | undefined;
    /** Of documented servers. */
    readonly hasMore?: boolean | undefined;
    readonly nextCursor?: string | undefined;
  };
}

/** A list in an answer, with or without the envelope. @throws {AgentOtpProtocolError} it is none. */
export function readPage<T>(json: unknown, status: number): Page<T> {
  const { data = unwrap(json), meta, ...bare } = isObject(json) ? json : {};
  const list = Array.isArray(json) ? json : data;
  if (!Array.isArray(list)) throw malformed('data', 'is no list', status);
  const { success, ...about } = readFields(isObject(meta) ? meta : bare, status);
  return Object.freeze({
    data: Object.freeze(list.map((item) => Object.freeze(readFields(item, status)) as T)),
    meta: Object.freeze(about),
  });
}
