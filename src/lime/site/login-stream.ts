import { abortable, type Logger, path, quietly } from '../../http/index.js';
import { type EventStream, type EventStreamStatus, eventStream } from '../../sse/index.js';
import { LimeError } from '../errors.js';
import type { Platform } from '../platform.js';
import type { PlatformOptions } from '../platform-options.js';
import { type LoginEvent, readFrame } from './frame.js';
import { refusedStream } from './refused-stream.js';
import { toSiteError } from './translate-site.js';

interface LoginStreamOptions extends Pick<PlatformOptions, 'clock' | 'random' | 'logger'> {
  readonly sseBackoffBaseMs: number;
  readonly sseIdleTimeoutMs: number;
  /** Given each event; the next one waits for what it returns. */
  readonly onEvent: (event: LoginEvent) => Promise<void> | undefined;
  /** Told of what cannot be read and of errors of the platform, which do not end the stream. */
  readonly onError: (error: LimeError) => void;
  /** Told why the stream is over. */
  readonly onEnd: (error: LimeError) => void;
}

const EVENTS = path('/modules/agent-login/events');

/** The site's event stream (LIME contract §9): opens, and opens again, until it is refused or closed. */
export class LoginStream {
  readonly #platform: Platform<'site'>;
  readonly #options: LoginStreamOptions;
  readonly #waiting = new Set<{ resolve(): void; reject(error: LimeError): void }>();
  #stream: EventStream | undefined;
  #ended: LimeError | undefined;

  constructor(platform: Platform<'site'>, options: LoginStreamOptions) {
    this.#platform = platform;
    this.#options = options;
  }

  /** Whether it was ever started. */
  get begun(): boolean {
    return this.#stream !== undefined || this.#ended !== undefined;
  }

  /** Why it is over, if it is. */
  get ended(): LimeError | undefined {
    return this.#ended;
  }

  /** Opens the stream, unless it is open or on its way. */
  start(): void {
    if (this.#stream !== undefined) return;
    this.#ended = undefined;
    const { clock, random, sseBackoffBaseMs: baseMs, sseIdleTimeoutMs: idleTimeoutMs } = this.#options;
    this.#stream = eventStream({
      http: this.#platform.http,
      path: EVENTS,
      headers: () => this.#platform.credentialHeader,
      backoff: { baseMs, capMs: 8000 },
      idleTimeoutMs,
      decode: (response) => refusedStream(response, this.#platform.contextOf()),
      onStatus: (status) => this.#onStatus(status),
      clock,
      random,
    });
    void this.#read(this.#stream);
  }

  /** Resolves when the platform has accepted the stream. @throws why it is over; the signal's reason. */
  async ready(signal: AbortSignal): Promise<void> {
    if (this.#ended !== undefined) throw this.#ended;
    if (this.#stream?.status.state === 'open') return;
    let waiter: { resolve(): void; reject(error: LimeError): void } | undefined;
    const opened = new Promise<void>((resolve, reject) => {
      waiter = { resolve, reject };
      this.#waiting.add(waiter);
    });
    try {
      await abortable(opened, signal);
    } finally {
      this.#waiting.delete(waiter!);
    }
  }

  async close(): Promise<void> {
    await this.#stream?.close();
  }

  async #read(stream: EventStream): Promise<void> {
    try {
      for await (const { data } of stream) {
        const pending = this.#take(data);
        if (pending !== undefined) await pending;
      }
      const { status } = stream;
      if (status.state === 'closed' && status.reason === 'closed') return;
      const message =
        'LIME ended the event stream (HTTP 204): it has no events for this site. Call start() to ask again.';
      this.#end(new LimeError('SSE_ENDED', message, { status: 204 }));
    } catch (error) {
      this.#end(toSiteError(error));
    }
  }

  #take(data: string): Promise<void> | undefined {
    try {
      const event = readFrame(data, this.#platform.contextOf());
      return event && this.#options.onEvent(event);
    } catch (error) {
      this.#options.onError(toSiteError(error));
      return undefined;
    }
  }

  #end(error: LimeError): void {
    this.#stream = undefined;
    this.#ended = error;
    for (const waiter of this.#waiting) waiter.reject(error);
    this.#options.onEnd(error);
  }

  #onStatus(status: EventStreamStatus): void {
    if (status.state === 'open') for (const waiter of this.#waiting) waiter.resolve();
    if (status.state === 'waiting') {
      const { delayMs, error } = status;
      this.#warn(`The event stream was dropped; it is opened again in ${delayMs} ms.`, { delayMs, error });
    }
  }

  #warn(message: string, fields: Readonly<Record<string, unknown>>): void {
    const { logger }: { readonly logger?: Logger | undefined } = this.#options;
    quietly(() => logger?.warn(message, { ...fields, scope: 'lime' }));
  }
}
