// countersign/errors: the base of every error.
import { CountersignError, type CountersignErrorInit, isCountersignError } from 'countersign/errors';

const init: CountersignErrorInit = { status: 503, retryable: true, retryAfterMs: undefined };
export const error: Error = new CountersignError('SOME_CODE', 'Something happened.', init);

export class OurError extends CountersignError<'OURS' | 'THEIRS'> {
  override readonly name = 'OurError';
}

export function waitMs(reason: unknown): number | undefined {
  return isCountersignError(reason) && reason.retryable ? reason.retryAfterMs : undefined;
}

export function ours(reason: OurError): boolean {
  const { code }: { readonly code: 'OURS' | 'THEIRS' } = reason;
  return code === 'OURS';
}
