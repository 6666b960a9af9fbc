import { HttpClient, type HttpClientOptions, type HttpRequest, type HttpResponse, path } from '../../src/http/index.js';
import { ManualClock } from './manual-clock.js';

/** A client with one attempt and a deadline that no test reaches, unless told otherwise. */
export function clientFor(baseUrl: string, options: Partial<HttpClientOptions> = {}): HttpClient {
  return new HttpClient({ baseUrl, scope: 'test', timeoutMs: 20_000, maxRetries: 0, ...options });
}

/** A client whose back-off takes no time: its clock jumps over each delay, and `delays` has them. */
export function retryingClient(baseUrl: string, options: Partial<HttpClientOptions> = {}) {
  const clock = new ManualClock();
  const delays: number[] = [];
  const client = clientFor(baseUrl, {
    maxRetries: 3,
    clock,
    random: () => 0.5,
    hooks: {
      onRetry({ delayMs }) {
        delays.push(delayMs);
        queueMicrotask(() => clock.advance(delayMs));
      },
    },
    ...options,
  });
  return { client, clock, delays };
}

/** A repeatable GET that returns the answer as it is. */
export function get(init: Partial<HttpRequest<HttpResponse>> = {}): HttpRequest<HttpResponse> {
  return { method: 'GET', path: path('/'), repeatable: true, decode: (response) => response, ...init };
}

/** What a promise rejects with. */
export async function failure(result: unknown): Promise<unknown> {
  return Promise.resolve(result).then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: unknown) => error,
  );
}
