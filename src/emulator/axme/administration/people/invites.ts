import { conflict } from '../../refusal.js';
import { existing } from '../refusals.js';
import type { Supply } from '../supply.js';
import { Table } from '../table.js';
import type { User, Users } from './users.js';
import type { NewInvite } from './wire.js';

/** An invitation, as it stands on the wire without the nick of who accepted it. */
export interface Invite {
  readonly token: string;
  readonly owner_agent: string;
  readonly recipient_hint: string | null;
  readonly status: 'pending' | 'accepted' | 'expired';
  readonly created_at: string;
  readonly expires_at: string;
  readonly accepted_at: string | null;
  /** `undefined` as long as nobody accepted it. */
  readonly accepted_by: User | undefined;
}

/** Invitations by their tokens; who accepts one gets a nick (AXME contract §2.12). */
export class Invites {
  readonly #invites = new Table<Invite>();
  readonly #supply: Supply;
  readonly #users: Users;

  constructor(supply: Supply, users: Users) {
    this.#supply = supply;
    this.#users = users;
  }

  create({ owner_agent, recipient_hint, ttl_seconds }: NewInvite): Invite {
    const token = `inv_${this.#supply.secret()}`;
    return this.#invites.add(token, {
      token,
      owner_agent,
      recipient_hint,
      status: 'pending',
      ...this.#supply.lifetime(ttl_seconds),
      accepted_at: null,
      accepted_by: undefined,
    });
  }

  /** @throws {AxmeRefusal} 404. */
  get(token: string): Invite {
    const invite = existing(this.#invites.get(token), 'invite');
    const expired = invite.status === 'pending' && this.#supply.isOver(invite.expires_at);
    return expired ? { ...invite, status: 'expired' } : invite;
  }

  /**
   * Accepts it for the holder of the nick, who is registered with it if nobody has it.
   *
   * @param takenNick - A nick that somebody has: `use` it as that person's (§10.2), or `refuse` it.
   * @throws {AxmeRefusal} 404; 409: it was accepted or has expired, or the nick is taken and that is refused.
   */
  accept(
    token: string,
    normalized_nick: string,
    display_name: string | null | undefined,
    takenNick: 'use' | 'refuse',
  ): Invite & { readonly accepted_at: string; readonly accepted_by: User } {
    const invite = this.get(token);
    if (invite.status !== 'pending') throw conflict(`the invite is ${invite.status}`);
    const holder = takenNick === 'use' ? this.#users.findByNick(normalized_nick) : undefined;
    const accepted = {
      status: 'accepted' as const,
      accepted_at: this.#supply.time(),
      accepted_by: holder ?? this.#users.register(normalized_nick, { display_name }),
    };
    this.#invites.update(token, invite, accepted);
    return { ...invite, ...accepted };
  }

  clear(): void {
    this.#invites.clear();
  }
}
