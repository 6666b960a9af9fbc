import { Refusal } from '../envelope.js';
import { OtpRefusal, SchemaRefusal } from './refusals.js';
import { bothSpellings, camelKeys, isRecord } from './spelling.js';

/** What of a list is answered. */
export interface Page<Item extends object = object> {
  readonly items: readonly Item[];
  readonly page: number;
  readonly limit: number;
  readonly total: number;
}

/** How an answer is written, beside what it says. */
export interface AnswerOptions {
  /** Default 200. */
  readonly status?: number | undefined;
  /** Names of fields below which keys are the platform's own, so that they too have two spellings. */
  readonly nested?: readonly string[] | undefined;
}

/** How requests and answers are spelled under one path prefix (Agent OTP contract §0). */
export interface Dialect {
  /** Whether it is the server's (`/api/v1`) rather than the documented one (`/v1`). */
  readonly enveloped: boolean;
  /** The keys of a body or query in camelCase, as far as this dialect takes others. */
  keys(record: unknown, strictCompat: boolean): unknown;
  answer(request: Request, body: object, options?: AnswerOptions): Response;
  list(request: Request, page: Page): Response;
  refuse(request: Request, error: Error): Response;
}

/** `/api/v1`: camelCase in `{success, data, meta?}`. */
export const enveloped: Dialect = {
  enveloped: true,
  keys: (record, strictCompat) => (isRecord(record) && !strictCompat ? camelKeys(record) : record),
  answer: (request, data, { status = 200 } = {}) => json(request, { success: true, data }, { status }),
  list: (request, page) => json(request, { success: true, data: page.items, meta: metaOf(page) }, { status: 200 }),
  refuse(request, error) {
    if (!(error instanceof SchemaRefusal)) return refusal(request, error);
    return json(
      request,
      { success: false, error: { name: 'ZodError', issues: error.issues } },
      { status: error.status },
    );
  },
};

/** `/v1`: bare objects with both spellings of every key. */
export const bare: Dialect = {
  enveloped: false,
  keys: (record) => (isRecord(record) ? camelKeys(record) : record),
  answer: (request, body, { status = 200, nested = [] } = {}) => json(request, bothSpellings(body, nested), { status }),
  list(request, page) {
    const meta = metaOf(page);
    const hasMore = page.page < meta.totalPages;
    const nextCursor = hasMore ? String(page.page + 1) : null;
    const body = { data: page.items, ...meta, meta, hasMore, nextCursor };
    return json(request, bothSpellings(body, ['data', 'meta']), { status: 200 });
  },
  refuse: refusal,
};

/** The body of contract §10: what every dialect reads from an error, at once. */
function refusal(request: Request, error: Error): Response {
  if (!(error instanceof Refusal)) return refusal(request, internalError(error));
  const { status, code, message, headers } = error;
  const extras = error instanceof OtpRefusal ? bothSpellings(error.extras, []) : {};
  const details =
    error instanceof SchemaRefusal
      ? Object.fromEntries(error.issues.map(({ path, message: text }) => [path.join('.'), text]))
      : undefined;
  const body = { success: false, code, message, ...extras, details, error: { code, message, details } };
  return json(request, body, { status, headers });
}

function internalError(error: Error): Refusal {
  return new Refusal(500, 'INTERNAL_ERROR', error.message);
}

function metaOf({ page, limit, total }: Page) {
  return { page, limit, total, totalPages: Math.ceil(total / limit) };
}

function json(request: Request, body: object, init: ResponseInit): Response {
  if (!new URL(request.url).searchParams.has('pretty')) return Response.json(body, init);
  const headers = new Headers(init.headers);
  headers.set('Content-Type', 'application/json');
  return new Response(JSON.stringify(body, null, 2), { ...init, headers });
}
