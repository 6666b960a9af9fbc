/** One mistake of a request, as the gateway's validation reports it (AXME contract §5.5). */
export interface Issue {
  /** Where it is: `body`, `query` or `path`, then the names on the way. */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** A request that is refused: thrown where the reason is found, answered as the gateway does (AXME contract §5.5). */
export class AxmeRefusal extends Error {
  override readonly name = 'AxmeRefusal';
  readonly status: number;
  readonly detail: string | readonly Issue[];
  /** The `code` of the structured `error` beside `detail`; `undefined`: there is none. */
  readonly code: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Further members of the body. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    detail: string | readonly Issue[],
    more: {
      readonly code?: string | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly extra?: Readonly<Record<string, unknown>> | undefined;
    } = {},
  ) {
    super(typeof detail === 'string' ? detail : detail.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; '));
    this.status = status;
    this.detail = detail;
    this.code = more.code;
    this.headers = more.headers ?? {};
    this.extra = more.extra ?? {};
  }
}

/** 404 `{"detail": "<what> not found"}`. */
export function notFound(what: string): AxmeRefusal {
  return new AxmeRefusal(404, `${what} not found`);
}

/** 409 `{"detail": …}`. */
export function conflict(detail: string): AxmeRefusal {
  return new AxmeRefusal(409, detail);
}

/** 422 for one mistake, as `invalid(['body', 'payload'], 'Field required', 'missing')`. */
export function invalid(loc: Issue['loc'], msg: string, type = 'value_error'): AxmeRefusal {
  return new AxmeRefusal(422, [{ loc, msg, type }]);
}

/** The answer to a refusal: `{"detail"}`, with the structured `error` before it where there is a code. */
export function refusalAnswer({ status, detail, code, message, headers, extra }: AxmeRefusal): Response {
  const error = code === undefined ? {} : { error: { code, message, details: {} } };
  return Response.json({ ...error, detail, ...extra }, { status, headers });
}
