import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/emulator/index.js';

export const GATEWAY = 'http://emulator.test/axme';

/** What a bare client hears. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the wire is what these tests are about, and they look deep into it
  readonly body: any;
  readonly headers: Headers;
}

/** A frame of an event stream. */
export interface Frame {
  readonly id: string | undefined;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly data: any;
}

/** An emulator and a bare client of its gateway, without a line of ours between the test and the wire. */
export class Gateway {
  readonly emulator: Emulator;

  constructor(options: EmulatorOptions = {}) {
    this.emulator = createEmulator(options);
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await this.fetch(method, path, body, headers);
    return { status: response.status, body: await response.json(), headers: response.headers };
  }

  fetch(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    return this.emulator.fetch(`${GATEWAY}${path}`, {
      method,
      headers: { 'x-api-key': this.emulator.axme.apiKey, 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer> {
    return this.send('POST', path, body, headers);
  }

  /** Creates an intent and says its id. */
  async create(given: object = {}, headers?: Readonly<Record<string, string>>): Promise<string> {
    const { status, body } = await this.post('/v1/intents', intentOf(given), headers);
    if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
    return body.intent_id;
  }

  async intent(intentId: string): Promise<Answer['body']> {
    return (await this.get(`/v1/intents/${intentId}`)).body.intent;
  }

  /** The types of an intent's events so far. */
  async eventTypes(intentId: string): Promise<string[]> {
    const { body } = await this.get(`/v1/intents/${intentId}/events`);
    return body.events.map(({ event_type }: { event_type: string }) => event_type);
  }

  /** The frames of a stream, as they come, to its end. */
  async *stream(path: string): AsyncGenerator<Frame> {
    const response = await this.fetch('GET', path);
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    yield* framesOf(response);
  }

  /** Every frame of a stream. */
  async frames(path: string): Promise<Frame[]> {
    const frames: Frame[] = [];
    for await (const frame of this.stream(path)) frames.push(frame);
    return frames;
  }
}

/** The body of a good create, with what is given. */
export function intentOf(given: object = {}): object {
  return {
    intent_type: 'orders.approve.v1',
    correlation_id: crypto.randomUUID(),
    to_agent: 'agent://acme/shop/clerk',
    payload: { order: 7 },
    ...given,
  };
}

/** Reads an event stream; comments are passed over. */
export async function* framesOf(response: Response): AsyncGenerator<Frame> {
  let text = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const event = field('event');
      if (event !== undefined) yield { id: field('id'), event, data: JSON.parse(field('data') as string) };
    }
  }
}
