/** A request that is refused: thrown where the reason is found, answered as an envelope (LIME contract §2). */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** `{"ok":true,"data":{…}}` */
export function success(data: object, status = 200): Response {
  return Response.json({ ok: true, data }, { status });
}

/** `{"ok":false,"error":{"code","message"}}` */
export function failure({ status, code, message, headers }: Refusal): Response {
  return Response.json({ ok: false, error: { code, message } }, { status, headers });
}

/** The answer to an error that a route threw. Whatever is not a refusal is our own mistake, or a fault rule's. */
export function failureOf(error: Error): Response {
  return failure(error instanceof Refusal ? error : new Refusal(500, 'INTERNAL_ERROR', error.message));
}
