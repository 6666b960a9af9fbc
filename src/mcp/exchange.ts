import { abortable, describeFailure, follow, Observer } from '../http/index.js';
import { discard, failureOf, isEventStream, isJson } from './answer.js';
import { closedFailure, McpFailure } from './errors.js';
import type { PendingCall } from './pending-call.js';
import type { McpLane, McpTarget, McpToken } from './port.js';
import { watchStream } from './stream.js';

/** The method of a notification that we put at the end of every stream that is read for a call. */
export const STREAM_END = 'notifications/countersign/stream_end';

// Attempts to resume a stream in a row that bring no new event.
const MAX_RESUMPTIONS = 2;

/**
 * The HTTP side of one session: the `fetch` that is handed to the SDK's transport. It adds the Bearer token, to the
 * target's URL and no other; follows no redirect; decides by HTTP status alone; and sees to it that every call that
 * loses its answer hears of it, where the SDK would leave it waiting.
 */
export class Exchange {
  /** The calls that wait for their answer, by the id of their JSON-RPC request. */
  readonly #calls = new Map<unknown, PendingCall>();
  /** The calls whose stream is open, though its answer may have been read. */
  readonly #streaming = new Set<PendingCall>();
  readonly #target: McpTarget;
  readonly #lane: McpLane;
  readonly #observer: Observer;
  readonly #shownUrl: string;
  #closed = false;
  #unaskedOpened = false;
  /** Opens the way for the stream of what the server sends of its own accord. */
  #openUnasked: () => void = () => {};
  readonly #unaskedWanted = new Promise<void>((resolve) => {
    this.#openUnasked = resolve;
  });

  constructor(target: McpTarget, lane: McpLane) {
    this.#target = target;
    this.#lane = lane;
    this.#observer = new Observer(lane.logger, lane.hooks);
    const { origin, pathname } = new URL(target.url);
    this.#shownUrl = origin + pathname;
  }

  /** A call begins. Servers may send progress outside of the call's own stream, so that one that wants it opens the other. */
  begin(id: unknown, call: PendingCall): void {
    call.id = id;
    this.#calls.set(id, call);
    if (call.wantsProgress) this.#openUnasked();
  }

  /** The answer of a call has been read, or is not waited for any more. */
  end(id: unknown): void {
    this.#calls.delete(id);
  }

  /** Fails the calls that still wait, cuts what is open, and sends nothing more. */
  close(): void {
    this.#closed = true;
    for (const call of [...this.#calls.values(), ...this.#streaming]) call.giveUp(closedFailure());
  }

  /** Whether a call's stream has not ended yet. */
  isStreaming(call: PendingCall): boolean {
    return this.#streaming.has(call);
  }

  /** Everything on a call's stream has been read. */
  streamEnded(id: unknown): void {
    const call = this.#calls.get(id);
    // After a new event with an id the SDK resumes the stream, and comes back to `fetch` for that.
    const resumes = call?.eventId !== undefined && call.resumptions === 0;
    if (!resumes) call?.giveUp(this.#lost('the stream ended before the answer'));
  }

  /** What the SDK's transport calls. The URL that it passes is the target's, always. */
  readonly fetch = async (_url: unknown, init: RequestInit = {}): Promise<Response> => {
    if (this.#closed) throw closedFailure();
    if (init.method === 'GET') return this.#get(init);
    return init.method === 'POST' ? this.#post(init) : this.#once(init, ({ response }) => response);
  };

  async #post(init: RequestInit): Promise<Response> {
    const { id, method } = JSON.parse(String(init.body)) as { id?: unknown; method?: unknown };
    const call = method === undefined ? undefined : this.#calls.get(id);
    if (call === undefined) return this.#once(init, (sent) => this.#checked(init, sent));
    try {
      const sent = await this.#send(init, call.signal, call);
      const response = this.#checkForm(await this.#checked(init, sent));
      return isEventStream(response) ? this.#watched(response, id, call) : response;
    } catch (error) {
      // The SDK forgets a request only once it is answered, so that a failure is handed to it as an answer.
      call.fail(error);
      return Response.json({ jsonrpc: '2.0', id, error: { code: -32000, message: 'The request failed.' } });
    }
  }

  /** A request that is no call, and is over when it has been answered. */
  async #once(init: RequestInit, read: (sent: Sent) => Response | Promise<Response>): Promise<Response> {
    const controller = new AbortController();
    const unfollow = follow(init.signal ?? undefined, controller);
    try {
      return await read(await this.#send(init, controller.signal));
    } finally {
      unfollow();
    }
  }

  /** @throws {McpFailure} the answer is no success. */
  async #checked(init: RequestInit, { response, token }: Sent): Promise<Response> {
    const inSession = headersOf(init).has('mcp-session-id');
    const failure = await failureOf(response, { shownUrl: this.#shownUrl, token, inSession });
    if (failure !== undefined) throw failure;
    return response;
  }

  async #get(init: RequestInit): Promise<Response> {
    const eventId = headersOf(init).get('last-event-id') ?? undefined;
    const found = eventId === undefined ? undefined : [...this.#calls].find(([, call]) => call.eventId === eventId);
    if (found === undefined) return this.#unasked(init, eventId);
    const [id, call] = found;
    if (++call.resumptions > MAX_RESUMPTIONS) return this.#unresumable(call, 'its stream could not be resumed');
    const { response } = await this.#send(init, call.signal, call);
    if (!response.ok || !isEventStream(response) || response.body === null) {
      discard(response);
      return this.#unresumable(call, `its stream could not be resumed (HTTP ${response.status})`);
    }
    return this.#watched(response, id, call);
  }

  /** The stream of what no call asked for. It is opened once a call wants progress: it holds a connection for as long as the session lasts. */
  async #unasked(init: RequestInit, eventId: string | undefined): Promise<Response> {
    if (eventId !== undefined && !this.#unaskedOpened) return notOffered(); // Of a call that is over.
    if (eventId === undefined && init.signal) await abortable(this.#unaskedWanted, init.signal);
    const controller = new AbortController();
    const unfollow = follow(init.signal ?? undefined, controller);
    const { response } = await this.#send(init, controller.signal);
    if (!response.ok || response.body === null) {
      unfollow();
      discard(response);
      return notOffered();
    }
    this.#unaskedOpened = true;
    return watchStream(response, { onEnd: unfollow });
  }

  #unresumable(call: PendingCall, reason: string): Response {
    call.giveUp(this.#lost(reason));
    return notOffered();
  }

  /** Sends one HTTP request, with the token that is current. */
  async #send(init: RequestInit, signal: AbortSignal, call?: PendingCall): Promise<Sent> {
    const token = await this.#target.token({ signal });
    signal.throwIfAborted();
    const headers = headersOf(init);
    headers.set('authorization', `Bearer ${token.value}`);
    const response = await this.#observed({ ...init, headers, redirect: 'manual', signal }, call);
    if (signal.aborted) discard(response); // By a fetch that does not heed the signal.
    signal.throwIfAborted();
    return { response, token };
  }

  async #observed(init: RequestInit & { readonly signal: AbortSignal }, call?: PendingCall): Promise<Response> {
    const { clock, scope } = this.#lane;
    const fetch = this.#lane.fetch ?? globalThis.fetch;
    const event = { scope, method: init.method ?? 'GET', url: this.#shownUrl, attempt: call?.attempt ?? 1 };
    const startedAt = clock.monotonic();
    const end = (status: number | undefined, error: 'NETWORK_ERROR' | 'ABORTED' | undefined) =>
      this.#observer.response({ ...event, status, error, durationMs: clock.monotonic() - startedAt });
    this.#observer.request(event);
    const sent = call?.sending();
    try {
      const response = await fetch(this.#target.url, init);
      call?.heard();
      end(response.status || undefined, undefined);
      return response;
    } catch (error) {
      const { aborted } = init.signal;
      end(undefined, aborted ? 'ABORTED' : 'NETWORK_ERROR');
      if (aborted) throw error;
      const { reason, maybeSent } = describeFailure(error);
      if (!maybeSent) sent?.undo();
      throw this.#lost(reason, maybeSent, error);
    }
  }

  #watched(response: Response, id: unknown, call: PendingCall): Response {
    // Read after all that came before it, this tells that nothing more comes. Mostly nobody waits for anything by then.
    const last = () => (this.#calls.has(id) ? { jsonrpc: '2.0', method: STREAM_END, params: { id } } : undefined);
    this.#streaming.add(call);
    return watchStream(response, { last, onChunk: () => call.heard(), onEnd: () => this.#streaming.delete(call) });
  }

  /** @throws {McpFailure} it cannot be an answer to a request, and the SDK would go on waiting for one. */
  #checkForm(response: Response): Response {
    const { status } = response;
    if (status !== 202 && (isJson(response) || isEventStream(response)) && response.body !== null) return response;
    discard(response);
    throw new McpFailure(
      'INVALID_RESPONSE',
      `${this.#shownUrl} answered a request with neither JSON nor an event stream (HTTP ${status}). Check that it is an MCP endpoint.`,
      { status, maybeActed: true },
    );
  }

  #lost(reason: string, maybeActed = true, cause?: unknown): McpFailure {
    if (this.#closed) return closedFailure();
    return new McpFailure(
      'NETWORK_ERROR',
      `${this.#shownUrl} gave no complete answer (${reason}). Check the address, the network and that the server is up.`,
      { maybeActed, retryable: true, ...(cause === undefined ? {} : { cause }) },
    );
  }
}

interface Sent {
  readonly response: Response;
  readonly token: McpToken;
}

/** The SDK makes new headers for each request, so that they may be added to. */
function headersOf({ headers }: RequestInit): Headers {
  return headers instanceof Headers ? headers : new Headers(headers);
}

/** How a server says that it has no stream of its own; the SDK takes it as final. */
function notOffered(): Response {
  return new Response(null, { status: 405 });
}
