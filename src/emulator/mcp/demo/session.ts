import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
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
      enableJsonResponse: context.settings.now.jsonResponses,
    });
    this.#transport.onclose = onClose;
    this.#transport.onmessage = (message) => context.record.message(message);
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
    return this.answers.watch(this.#transport.handleRequest(request, { authInfo }));
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
