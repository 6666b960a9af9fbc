import type { Random } from '../random.js';
import type { Scheduler } from './scheduler.js';

/** A user or a session that an actor token speaks for (AXME contract §1.5). */
export interface Actor {
  /** The secret: a JWT, though the emulator looks it up instead of verifying it. */
  readonly token: string;
  readonly actorId: string;
  /** The address whose inbox, tasks and webhooks the actor sees. */
  readonly ownerAgent: string;
  readonly roles: readonly string[];
  readonly orgId: string;
  readonly workspaceId: string;
  readonly scope: string;
  /** Milliseconds since the epoch; infinity: never. */
  readonly expiresAt: number;
}

/** What a new actor is like. */
export interface ActorOptions {
  /** Default: a new id. */
  readonly actorId?: string | undefined;
  /** Default `agent://user/<uuid>`. */
  readonly ownerAgent?: string | undefined;
  /** Default `['org_owner']`. */
  readonly roles?: readonly string[] | undefined;
  /** Default: the organization that exists from the start. */
  readonly orgId?: string | undefined;
  /** Default: the workspace that exists from the start. */
  readonly workspaceId?: string | undefined;
  /** Default `axme.api`; a token without that is refused in strict mode. */
  readonly scope?: string | undefined;
  /** Milliseconds from now. Default: never. */
  readonly expiresInMs?: number | undefined;
}

/** At most so many are known; then the oldest that was added is dropped. */
const MAX_ACTORS = 1000;

/** Actors, found by their tokens. One exists from the start and for good. */
export class Actors {
  readonly first: Actor;
  readonly #home: { readonly orgId: string; readonly workspaceId: string };
  readonly #time: Scheduler;
  readonly #actors = new Map<string, Actor>();

  constructor(home: { readonly orgId: string; readonly workspaceId: string }, random: Random, time: Scheduler) {
    this.#home = home;
    this.#time = time;
    this.first = this.add({}, random);
  }

  add(options: ActorOptions, random: Random): Actor {
    const { expiresInMs, ...given } = options;
    const expiresAt = expiresInMs === undefined ? Number.POSITIVE_INFINITY : this.#time.now() + expiresInMs;
    const actor = {
      actorId: given.actorId ?? random.uuid(),
      ownerAgent: given.ownerAgent ?? `agent://user/${random.uuid()}`,
      roles: Object.freeze([...(given.roles ?? ['org_owner'])]),
      orgId: given.orgId ?? this.#home.orgId,
      workspaceId: given.workspaceId ?? this.#home.workspaceId,
      scope: given.scope ?? 'axme.api',
      expiresAt,
    };
    const token = jwtShaped(
      {
        iss: 'https://axme.emulator.invalid',
        aud: 'axme',
        sub: actor.actorId,
        jti: random.uuid(),
        sid: random.uuid(),
        scope: actor.scope,
        owner_agent: actor.ownerAgent,
        org_id: actor.orgId,
        workspace_id: actor.workspaceId,
        actor_id: actor.actorId,
        roles: actor.roles,
        ...(Number.isFinite(expiresAt) ? { exp: Math.floor(expiresAt / 1000) } : {}),
      },
      random.hex(32),
    );
    const added: Actor = Object.freeze({ ...actor, token });
    this.#actors.set(token, added);
    if (this.#actors.size > MAX_ACTORS) {
      const oldest = [...this.#actors.keys()].find((known) => known !== this.first.token);
      if (oldest !== undefined) this.#actors.delete(oldest);
    }
    return added;
  }

  find(token: string): Actor | undefined {
    return this.#actors.get(token);
  }

  /** Forgets whoever was added since the start. */
  reset(): void {
    this.#actors.clear();
    this.#actors.set(this.first.token, this.first);
  }
}

function jwtShaped(claims: object, signature: string): string {
  const part = (text: string) => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return [JSON.stringify({ alg: 'HS256', typ: 'JWT' }), JSON.stringify(claims), signature].map(part).join('.');
}
