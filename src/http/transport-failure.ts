/** What is known of a failure below HTTP. */
export interface TransportFailure {
  /** A few words for a message. */
  readonly reason: string;
  /** Whether the request may have reached the server. `true` unless the runtime's error rules it out. */
  readonly maybeSent: boolean;
}

const UNSENT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'unknown host name',
  EAI_AGAIN: 'host name lookup failed',
  UND_ERR_CONNECT_TIMEOUT: 'connecting took too long',
};

/** Reads the runtime's error: Node and Bun set a `code`, Deno only a message, browsers and workerd say nothing. */
export function describeFailure(error: unknown): TransportFailure {
  for (const { code, syscall, message } of causes(error)) {
    const reason = UNSENT[String(code)];
    if (reason !== undefined) return { reason, maybeSent: false };
    if (syscall === 'connect') return { reason: 'no connection', maybeSent: false };
    if (/^(CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|ERR_TLS_CERT_)/.test(String(code))) {
      return { reason: 'certificate not trusted', maybeSent: false };
    }
    if (/^HPE_/.test(String(code))) return { reason: 'the answer was not HTTP', maybeSent: true };
    if (/^bad port$|port \d+ are blocked$/.test(String(message))) {
      return { reason: 'fetch blocks this port', maybeSent: false };
    }
    if (/client error \(Connect\)/.test(String(message))) {
      const refused = /connection refused/i.test(String(message));
      return { reason: refused ? 'connection refused' : 'no connection', maybeSent: false };
    }
  }
  return { reason: 'connection lost', maybeSent: true };
}

/**
 * Takes out of a runtime's error what it quotes of the exchange: the query (Deno's message, Bun's `path`) and the bytes
 * received (`data` of Node's HTTP parser).
 */
export function scrub(error: unknown, url: string): void {
  const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  for (const cause of causes(error)) {
    if (/^HPE_/.test(String(cause['code']))) Reflect.deleteProperty(cause, 'data');
    if (query === '') continue;
    for (const key of ['message', 'stack', 'path']) {
      const text = cause[key];
      if (typeof text === 'string') Reflect.set(cause, key, text.replaceAll(query, ''));
    }
  }
}

/** The error, its cause, and so on; of several attempts to connect (an AggregateError) the first. */
function* causes(error: unknown): Generator<Record<string, unknown>> {
  let cause = error;
  // Bounded, since nothing forbids an error from being its own cause.
  for (let depth = 0; cause instanceof Error && depth < 5; depth++) {
    yield cause as Error & Record<string, unknown>;
    cause = cause instanceof AggregateError ? cause.errors[0] : cause.cause;
  }
}
