import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { vi } from 'vitest';

/** How a stream ended: as it should, or broken off. */
type End = 'open' | 'end' | 'broken';

/** A site that listens: reads a stream of events as fast as it comes. */
export class EventClient {
  readonly response: Response;
  /** All that came. */
  bytes: number[] = [];
  /** The sizes of the pieces in which it came. */
  pieces: number[] = [];
  end: End = 'open';
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  private constructor(response: Response) {
    this.response = response;
    this.#reader = response.body?.getReader();
    this.#read();
  }

  static async open(
    apiBase: string,
    siteToken: string,
    fetchIt: (url: string, init: RequestInit) => Promise<Response> = fetch,
    signal?: AbortSignal,
  ): Promise<EventClient> {
    const headers = { Accept: 'text/event-stream', 'X-Site-Token': siteToken };
    const response = await fetchIt(`${apiBase}/modules/agent-login/events`, {
      headers,
      ...(signal === undefined ? {} : { signal }),
    });
    return new EventClient(response);
  }

  get text(): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array(this.bytes));
  }

  /** The frames as the published Python clients read them: each `data:` line that has come is one JSON object. */
  get lines(): Record<string, unknown>[] {
    return this.text
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('data:'))
      .map((line) => JSON.parse(line.slice(5).trim()));
  }

  /** The messages as the specification of event streams reads them. */
  get messages(): EventSourceMessage[] {
    const messages: EventSourceMessage[] = [];
    const parser = createParser({ onEvent: (message) => messages.push(message) });
    parser.feed(this.text.replace(/^\uFEFF/, ''));
    // The parser waits for what follows a CR, which may be the LF that belongs to it.
    if (this.text.endsWith('\r')) parser.feed('\n');
    return messages;
  }

  /** The JSON of the messages, without keepalives. */
  get events(): Record<string, unknown>[] {
    return this.messages
      .map(({ data }) => JSON.parse(data) as Record<string, unknown>)
      .filter(({ type }) => type !== 'keepalive');
  }

  ids(type: string): unknown[] {
    return this.events.filter((event) => event['type'] === type).map((event) => event['login_request_id']);
  }

  /** Waits until so many events have come. */
  async hears(count: number): Promise<Record<string, unknown>[]> {
    await until(() => this.events.length >= count);
    return this.events;
  }

  async isOver(): Promise<End> {
    await until(() => this.end !== 'open');
    return this.end;
  }

  async close(): Promise<void> {
    await this.#reader?.cancel();
  }

  async #read(): Promise<void> {
    try {
      for (let part = await this.#reader?.read(); part?.value; part = await this.#reader?.read()) {
        this.pieces.push(part.value.length);
        this.bytes.push(...part.value);
      }
      this.end = 'end';
    } catch {
      this.end = 'broken';
    }
  }
}

/** Waits until it is so. */
export async function until(isSo: () => boolean | undefined): Promise<void> {
  await vi.waitFor(
    () => {
      if (!isSo()) throw new Error('It did not come to be.');
    },
    { timeout: 15_000, interval: 2 },
  );
}
