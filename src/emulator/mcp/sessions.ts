import type { Random } from '../random.js';
import type { Caller } from './bearer.js';
import type { DemoContext } from './demo/context.js';
import type { DemoSession } from './demo/session.js';

/** At most so many are open; then the oldest is expired. */
const MAX_SESSIONS = 1000;

/** The sessions of the demo MCP server. The MCP SDK is loaded with the first. */
export class McpSessions {
  readonly #context: DemoContext;
  readonly #random: () => Random;
  readonly #open = new Map<string, DemoSession>();
  /** Those whose id is not known any more, but which still have something to answer. */
  readonly #leaving = new Set<DemoSession>();

  constructor(context: DemoContext, random: () => Random) {
    this.#context = context;
    this.#random = random;
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /** How many answers are under way, streams that wait for what the server says among them. */
  get answers(): number {
    return this.#all().reduce((sum, session) => sum + session.answers.size, 0);
  }

  /** Answers a request whose token was good. */
  async handle(request: Request, caller: Caller): Promise<Response> {
    const id = request.headers.get('Mcp-Session-Id');
    if (id !== null) return this.#open.get(id)?.handle(request, caller) ?? sessionNotFound();
    const { DemoSession } = await import('./demo/session.js');
    const session: DemoSession = new DemoSession({
      context: this.#context,
      newId: () => this.#random().uuid(),
      onOpen: (newId) => this.#add(newId, session),
      onClose: () => this.#forget(session),
    });
    const answer = await session.handle(request, caller);
    // It was no initialise, and so it has been refused.
    if (session.id === undefined) await session.close();
    return answer;
  }

  /** Forgets every id: requests with it are answered 404. What runs is still answered. Says how many there were. */
  expire(): number {
    const sessions = [...this.#open.values()];
    for (const session of sessions) this.#expire(session);
    return sessions.length;
  }

  /** Cuts every connection that is being answered. The sessions live on. Says how many there were. */
  drop(): number {
    return this.#all().reduce((sum, session) => sum + session.answers.cut(), 0);
  }

  /** Ends every session, with whatever it does. */
  async close(): Promise<void> {
    this.drop();
    await Promise.all(this.#all().map((session) => session.close()));
  }

  #all(): DemoSession[] {
    return [...this.#open.values(), ...this.#leaving];
  }

  #add(id: string, session: DemoSession): void {
    this.#context.record.initializes += 1;
    this.#open.set(id, session);
    for (const oldest of this.#open.values()) {
      if (this.#open.size <= MAX_SESSIONS) return;
      this.#expire(oldest);
    }
  }

  #expire(session: DemoSession): void {
    this.#open.delete(session.id ?? '');
    this.#leaving.add(session);
    session.leave();
  }

  #forget(session: DemoSession): void {
    this.#leaving.delete(session);
    this.#open.delete(session.id ?? '');
  }
}

/** As the MCP SDK says it. */
function sessionNotFound(): Response {
  const error = { code: -32_001, message: 'Session not found' };
  return Response.json({ jsonrpc: '2.0', error, id: null }, { status: 404 });
}
