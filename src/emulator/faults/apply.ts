import type { Clock } from '../../runtime/clock.js';
import { cutMidway, LostConnectionError } from './cut.js';
import type { Fault, ForcedAnswer, JsonEdits } from './fault.js';
import { editJson } from './json-edits.js';

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
  if (fault.lose === 'midway') return cutMidway(answer);
  if (fault.lose === 'after') {
    // A streamed answer begins before the platform has acted. A stream that answers no request has no such end.
    await (request.method === 'GET' ? answer.body?.cancel() : answer.arrayBuffer());
    throw new LostConnectionError();
  }
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

async function rewritten(answer: Response, rewrite: ((json: unknown) => unknown) | JsonEdits): Promise<Response> {
  if (answer.headers.get('Content-Type') !== 'application/json') return answer;
  const json = await answer.json();
  return new Response(JSON.stringify(typeof rewrite === 'function' ? rewrite(json) : editJson(json, rewrite)), answer);
}
