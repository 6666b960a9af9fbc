import { McpFailure } from './errors.js';

/** What an HTTP answer means for the request that it answers, if it is no success. */
export async function failureOf(
  response: Response,
  about: {
    /** The URL without its query. */
    readonly shownUrl: string;
    readonly token: { readonly value: string; readonly generation: number };
    /** Whether the request carried a session id. */
    readonly inSession: boolean;
  },
): Promise<McpFailure | undefined> {
  const { status } = response;
  const { shownUrl, token, inSession } = about;
  if (isRedirect(response)) {
    discard(response);
    return new McpFailure(
      'UNEXPECTED_REDIRECT',
      `${shownUrl} was answered with a redirect. Redirects are not followed, so that no token leaves with them: use the address that answers itself.`,
      { status: status || undefined },
    );
  }
  if (response.ok) return undefined;
  if (status === 401) {
    discard(response);
    return new McpFailure('UNAUTHORIZED', `${shownUrl} turned down the access token (HTTP 401).`, {
      status,
      rejected: token.generation,
    });
  }
  if (status === 404 && inSession) {
    discard(response);
    return new McpFailure('SESSION_GONE', `${shownUrl} no longer knows the session (HTTP 404). Open a new one.`, {
      status,
    });
  }
  const detail = await readDetail(response, token.value);
  const what = detail === undefined ? '' : `: ${detail.message}`;
  return new McpFailure(
    'HTTP_ERROR',
    `${shownUrl} answered with HTTP ${status}${what}. Check that it is an MCP endpoint.`,
    {
      status,
      detail,
      maybeActed: status >= 500,
      retryable: status === 408 || status === 429 || status >= 500,
    },
  );
}

/** Server runtimes show a redirect that was not followed as it is, browsers as an opaque answer. */
function isRedirect({ status, type, headers }: Response): boolean {
  return type === 'opaqueredirect' || (status >= 300 && status < 400 && headers.has('location'));
}

/** Frees the socket of an answer that nobody will read. */
export function discard(response: Response): void {
  response.body?.cancel().catch(() => {});
}

const LONGEST_MESSAGE = 200;

/** The JSON-RPC error that servers send along with an HTTP status. The token, should they quote it, is taken out. */
async function readDetail(response: Response, token: string): Promise<{ code: unknown; message: string } | undefined> {
  if (!isJson(response)) {
    discard(response);
    return undefined;
  }
  try {
    const { error } = (await response.json()) as { error?: { code?: unknown; message?: unknown } };
    if (typeof error?.message !== 'string') return undefined;
    const message = error.message.replaceAll(token, '***').slice(0, LONGEST_MESSAGE);
    return { code: typeof error.code === 'number' ? error.code : undefined, message };
  } catch {
    return undefined;
  }
}

export function isJson(response: Response): boolean {
  return mediaType(response) === 'application/json';
}

export function isEventStream(response: Response): boolean {
  return mediaType(response) === 'text/event-stream';
}

function mediaType(response: Response): string | undefined {
  return response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
}
