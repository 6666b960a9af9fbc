import { Refusal } from '../envelope.js';

/** A request that Agent OTP refuses; `extras` are further keys of the body (Agent OTP contract §10), in camelCase. */
export class OtpRefusal extends Refusal {
  readonly extras: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    message: string,
    extras: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(status, code, message, headers);
    this.extras = extras;
  }
}

/** What is wrong with one field, as Zod says it. */
export interface SchemaIssue {
  readonly code: string;
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly [more: string]: unknown;
}

/** A body or a query that does not fit its schema: under `/api/v1` it is answered in Zod's shape (contract §2.1). */
export class SchemaRefusal extends OtpRefusal {
  readonly issues: readonly SchemaIssue[];

  constructor(issues: readonly SchemaIssue[]) {
    super(
      400,
      'VALIDATION_ERROR',
      issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; '),
    );
    this.issues = issues;
  }
}

export function invalid(message: string): OtpRefusal {
  return new OtpRefusal(400, 'VALIDATION_ERROR', message);
}

export function unauthorized(message: string): OtpRefusal {
  return new OtpRefusal(401, 'UNAUTHORIZED', message);
}

export function forbidden(message: string): OtpRefusal {
  return new OtpRefusal(403, 'FORBIDDEN', message);
}

export function notFound(message: string): OtpRefusal {
  return new OtpRefusal(404, 'NOT_FOUND', message);
}

export function conflict(message: string): OtpRefusal {
  return new OtpRefusal(409, 'CONFLICT', message);
}
