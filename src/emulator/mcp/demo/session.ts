import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { Caller } from '../bearer.js';
import { OpenAnswers } from '../open-answers.js';
import type { DemoContext } from './context.js';
import { createDemoServer } from './server.js';

/** One session of the demo server: a server and a transport of the MCP SDK. */
export class DemoSession {
  readonly answers: OpenAnswers;
  readonly #transport: WebStandardStreamableHTTPServerTransport;
  readonly #context: DemoContext;
  readonly #connected: Promise<void>;
  #isLeaving = false;

  constructor(options: {
    readonly context: DemoContext;
    readonly newId: () => string;
    /** It was initialised, and has an id from now on. */
    readonly onOpen: (id: string) => void;
    readonly onClose: () => void;
  }) {
    const { context, newId, onOpen, onClose } = options;
    this.#context = context;
    this.answers = new OpenAnswers(() => {
      if (this.#isLeaving) void this.close();
    });
    this.#transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: newId,
      onsessioninitialized: onOpen,
    });
    this.#transport.onclose = onClose;
    this.#transport.onmessage = (message) => {
      context.record.message(message);
      if (!('method' in message) || message.method !== 'notifications/cancelled') return;
      // No answer follows, and so the stream that waits for it would never end.
      this.#transport.closeSSEStream(message.params?.['requestId'] as RequestId);
    };
    // Its `sessionId?: string` and our `exactOptionalPropertyTypes` do not agree.
    this.#connected = createDemoServer(context).connect(this.#transport as Transport);
  }

  /** `undefined` until it is initialised. */
  get id(): string | undefined {
    return this.#transport.sessionId;
  }

  async handle(request: Request, caller: Caller): Promise<Response> {
    await this.#connected;
    if (request.method === 'GET' && !this.#context.settings.now.serverStream) {
      return new Response(null, { status: 405, headers: { Allow: 'POST, DELETE' } });
    }
    const authInfo = { token: '', clientId: caller.agentId, scopes: [], extra: { ...caller } };
    const answer = this.#transport.handleRequest(request, { authInfo });
    const isJson = request.method === 'POST' && this.#context.settings.now.jsonResponses;
    return this.answers.watch(isJson ? answer.then(asJson) : answer);
  }

  /** Ends as soon as what runs is answered. */
  leave(): void {
    this.#isLeaving = true;
    this.#transport.closeStandaloneSSEStream();
    if (this.answers.size === 0) void this.close();
  }

  /** Ends at once: tools that run are aborted. */
  close(): Promise<void> {
    return this.#transport.close();
  }
}

/**
 * The answer to a POST as one JSON object instead of a stream that ends with it; what else the stream says is left out.
 * The transport has a mode for this, in which it keeps every answer until the session ends (SDK 1.32).
 */
async function asJson(answer: Response): Promise<Response> {
  if (answer.headers.get('Content-Type') !== 'text/event-stream') return answer;
  const lines = (await answer.text()).split('\n').filter((line) => line.startsWith('data: '));
  const messages = lines.map((line) => JSON.parse(line.slice('data: '.length)) as object);
  const answers = messages.filter((message) => 'result' in message || 'error' in message);
  const id = answer.headers.get('Mcp-Session-Id');
  return Response.json(answers.length === 1 ? answers[0] : answers, {
    headers: id === null ? {} : { 'Mcp-Session-Id': id },
  });
}
