import type { Clock } from '../../runtime/clock.js';
import type { Fault, ForcedAnswer } from './fault.js';

/** The connection was cut. As with the platform's `fetch`, a TypeError. */
export class LostConnectionError extends TypeError {
  override readonly name = 'TypeError';

  constructor() {
    super('fetch failed: a fault of the emulator cut the connection.');
  }
}

/**
 * Answers `request` as `fault` wants it; `act` lets the platform act.
 *
 * @throws {LostConnectionError} the fault cuts the connection.
 */
export async function applyFault(
  fault: Fault,
  request: Request,
  act: () => Promise<Response>,
  clock: Clock,
): Promise<Response> {
  if (fault.respond !== undefined) return forcedAnswer(fault.respond);
  if (fault.lose === 'before') throw new LostConnectionError();
  if (fault.delayMs !== undefined) await clock.sleep(fault.delayMs, { signal: request.signal });
  const answer = await act();
  if (fault.lose === 'after') throw new LostConnectionError();
  return fault.rewrite === undefined ? answer : rewritten(answer, fault.rewrite);
}

function forcedAnswer({ status, body, headers, retryAfter }: ForcedAnswer): Response {
  const sent = new Headers();
  if (body !== undefined) sent.set('Content-Type', typeof body === 'string' ? 'text/plain' : 'application/json');
  if (retryAfter !== undefined) sent.set('Retry-After', String(retryAfter));
  for (const [name, value] of Object.entries(headers ?? {})) sent.set(name, value);
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return new Response(text ?? null, { status, headers: sent });
}

async function rewritten(answer: Response, rewrite: (json: unknown) => unknown): Promise<Response> {
  if (answer.headers.get('Content-Type') !== 'application/json') return answer;
  return new Response(JSON.stringify(rewrite(await answer.json())), answer);
}
