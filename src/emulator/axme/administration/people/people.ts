import type { AxmeCall } from '../../call.js';
import type { Core } from '../../core.js';
import type { Family } from '../../family.js';
import { address } from '../../input.js';
import type { AxmeRouter } from '../../router.js';
import { baseOf } from '../base.js';
import type { Invite, Invites } from './invites.js';
import type { User, Users } from './users.js';
import { acceptance, newInvite, newUser, nick, profileChanges, renaming } from './wire.js';

/** Nicks, profiles and invitations (AXME contract §2.12 and §2.20). */
export class People implements Family {
  readonly #core: Core;
  readonly #users: Users;
  readonly #invites: Invites;

  constructor(core: Core, users: Users, invites: Invites) {
    this.#core = core;
    this.#users = users;
    this.#invites = invites;
  }

  routes(router: AxmeRouter): void {
    const users = this.#users;
    router.machine('/v1/users/register-nick', {
      POST: (call) => {
        const { nick: wanted, ...contact } = call.body(newUser);
        const user = users.register(wanted, contact);
        return { ok: true, ...identity(user), ...contactOf(user), created_at: user.created_at };
      },
    });
    router.machine('/v1/users/check-nick', {
      GET: (call) => {
        const wanted = call.query({ nick }).nick;
        const available = this.#core.nicks.ownerOf(wanted) === undefined;
        return { ok: true, ...nickFields(wanted), normalized_nick: wanted, available };
      },
    });
    router.machine('/v1/users/rename-nick', {
      POST: (call) => {
        const { owner_agent, nick: wanted, ...contact } = call.body(renaming);
        const user = users.update(owner_agent, contact, wanted);
        return { ok: true, ...identity(user), ...contactOf(user), renamed_at: user.updated_at };
      },
    });
    router.machine('/v1/users/resolve-nick', { GET: (call) => this.#resolve(call.query({ nick }).nick) });
    router.machine('/v1/users/profile', {
      GET: (call) => profile(users.get(call.query({ owner_agent: address }).owner_agent)),
    });
    router.machine('/v1/users/profile/update', {
      POST: (call) => {
        const { owner_agent, nick: wanted, ...contact } = call.body(profileChanges);
        return profile(users.update(owner_agent, contact, wanted));
      },
    });
    router.machine('/v1/invites/create', { POST: (call) => this.#invite(call) });
    router.machine('/v1/invites/:token', { GET: (call) => seen(this.#invites.get(call.param('token'))) });
    router.machine('/v1/invites/:token/accept', { POST: (call) => this.#accept(call) });
  }

  reset(): void {
    this.#users.clear();
    this.#invites.clear();
  }

  #resolve(wanted: string): object {
    const user = this.#users.findByNick(wanted);
    const names = { ...nickFields(wanted), normalized_nick: wanted };
    if (user === undefined) return { ok: true, resolved: false, ...names };
    return { ok: true, resolved: true, ...names, owner_agent: user.owner_agent, ...contactOf(user) };
  }

  #invite(call: AxmeCall): object {
    const invite = this.#invites.create(call.body(newInvite));
    const { token, owner_agent, recipient_hint, status, created_at, expires_at } = invite;
    const invite_url = `${baseOf(call.url)}/v1/invites/${token}`;
    return { ok: true, token, invite_url, owner_agent, recipient_hint, status, created_at, expires_at };
  }

  #accept(call: AxmeCall): object {
    const { nick: wanted, display_name } = call.body(acceptance);
    const takenNick = this.#core.strict ? 'refuse' : 'use';
    const invite = this.#invites.accept(call.param('token'), wanted, display_name, takenNick);
    const { token, owner_agent, status, recipient_hint, accepted_at, accepted_by } = invite;
    this.#core.announcements.announce({
      type: 'invite.accepted',
      ownerAgent: owner_agent,
      source: 'invites',
      payload: { token, accepted_at, ...identity(accepted_by) },
    });
    return {
      ok: true,
      token,
      status,
      invite_owner_agent: owner_agent,
      ...identity(accepted_by),
      display_name: accepted_by.display_name,
      accepted_at,
      // The names of the states are published, when they occur is not: without a hint there is nobody to bind.
      registry_bind_status: recipient_hint === null ? 'skipped_no_hint' : 'propagated',
    };
  }
}

function seen({ accepted_by, ...invite }: Invite): object {
  const nobody = { accepted_owner_agent: null, nick: null, public_address: null };
  if (accepted_by === undefined) return { ok: true, ...invite, ...nobody };
  const names = nickFields(accepted_by.normalized_nick);
  return { ok: true, ...invite, accepted_owner_agent: accepted_by.owner_agent, ...names };
}

function profile(user: User): object {
  const { normalized_nick, updated_at } = user;
  return { ok: true, ...identity(user), normalized_nick, ...contactOf(user), updated_at };
}

function identity({ user_id, owner_agent, normalized_nick }: User) {
  return { user_id, owner_agent, ...nickFields(normalized_nick) };
}

function contactOf({ display_name, phone, email }: User) {
  return { display_name, phone, email };
}

/** How a normalised nick is written. */
function nickFields(normalized_nick: string): { readonly nick: string; readonly public_address: string } {
  return { nick: `@${normalized_nick}`, public_address: `${normalized_nick}@ax` };
}
