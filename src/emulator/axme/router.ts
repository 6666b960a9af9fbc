import type { Context, Hono } from 'hono';
import { parseJson, readBody } from '../body.js';
import { authenticate, type Lane } from './authenticate.js';
import { AxmeCall } from './call.js';
import type { Core } from './core.js';
import type { KeptAnswer } from './idempotency.js';
import { AxmeRefusal } from './refusal.js';

/** Answers with what is to be sent as JSON with status 200, or with an answer of its own. Wrong calls throw an AxmeRefusal. */
export type Handler = (call: AxmeCall) => object | Promise<object>;

/** A handler a method. */
export type Handlers = Readonly<Partial<Record<'GET' | 'POST' | 'PATCH' | 'DELETE', Handler>>>;

/** What is special about a route. */
export interface RouteOptions {
  /** Whether the handler itself looks after `Idempotency-Key`. Default `false`. */
  readonly ownKeys?: boolean | undefined;
}

/** Answers without looking at credentials. It reads the body itself. */
export type OpenHandler = (c: Context) => object | Promise<object>;

interface Route {
  /** The pattern of its path. */
  readonly path: string;
  readonly handler: Handler;
  readonly lane: Lane;
  readonly ownKeys: boolean;
}

/** A body longer than this is refused: 413. The longest message of a thread fits. */
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * The routes of the gateway: who sends the request is looked at first, then the body is read, then idempotency. From there
 * on a handler that waits for nothing is alone. Every other method on a path is refused: 405 with `Allow`.
 */
export class AxmeRouter {
  readonly #app: Hono;
  readonly #core: Core;

  constructor(app: Hono, core: Core) {
    this.#app = app;
    this.#core = core;
  }

  /** A route that wants an API key. */
  machine(path: string, handlers: Handlers, { ownKeys = false }: RouteOptions = {}): void {
    this.#serve(path, handlers, 'machine', ownKeys);
  }

  /** A route that wants an API key, and in strict mode an actor token. */
  actor(path: string, handlers: Handlers): void {
    this.#serve(path, handlers, 'actor');
  }

  /** A route without credentials. */
  open(path: string, handlers: Readonly<Record<string, OpenHandler>>): void {
    for (const [method, handler] of Object.entries(handlers)) {
      this.#app.on(method, path, async (c) => toResponse(await handler(c)));
    }
    this.#refuseOtherMethods(path, handlers);
  }

  #serve(path: string, handlers: Handlers, lane: Lane, ownKeys = false): void {
    for (const [method, handler] of Object.entries(handlers)) {
      this.#app.on(method, path, (c) => this.#answer(c, { path, handler, lane, ownKeys }));
    }
    this.#refuseOtherMethods(path, handlers);
  }

  async #answer(c: Context, { path, handler, lane, ownKeys }: Route): Promise<Response> {
    const { keys, actors, time, strict, idempotency, activity } = this.#core;
    const request = c.req.raw;
    const caller = authenticate(request, lane, { keys, actors, time, strict });
    const writes = request.method === 'POST' || request.method === 'PATCH';
    const json = writes ? parseJson(await readBody(request, MAX_BODY_BYTES)) : undefined;
    const call = new AxmeCall({ request, caller, json, params: c.req.param(), strict });
    activity.arrived(call);
    const act = async () => {
      const answer = toResponse(await handler(call));
      activity.done(call, path);
      return answer;
    };
    const key = writes && !ownKeys ? request.headers.get('idempotency-key') : null;
    if (key === null || key === '') return act();
    const scope = {
      credential: caller.apiKey.token,
      method: request.method,
      path: call.url.pathname,
      key,
    };
    const { status, body } = await idempotency.once(scope, json, async () => kept(await act()));
    return new Response(body, { status, headers: { 'Content-Type': 'application/json' } });
  }

  #refuseOtherMethods(path: string, handlers: object): void {
    const headers = { Allow: Object.keys(handlers).join(', ') };
    this.#app.all(path, () => {
      throw new AxmeRefusal(405, 'Method Not Allowed', { headers });
    });
  }
}

function toResponse(answer: object): Response {
  return answer instanceof Response ? answer : Response.json(answer);
}

async function kept(response: Response): Promise<KeptAnswer> {
  return { status: response.status, body: await response.text() };
}
