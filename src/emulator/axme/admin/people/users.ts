import { conflict, notFound } from '../refusals.js';
import type { Supply } from '../supply.js';
import { Table } from '../table.js';
import type { Contact } from './wire.js';

/** A person who has a nick. */
export interface User {
  readonly user_id: string;
  /** `agent://user/<user_id>` */
  readonly owner_agent: string;
  readonly normalized_nick: string;
  readonly display_name: string | null;
  readonly phone: string | null;
  readonly email: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** The registry of nicks, all of them normalised (AXME contract §2.12). */
export class Users {
  readonly #users = new Table<User>(10_000);
  readonly #supply: Supply;

  constructor(supply: Supply) {
    this.#supply = supply;
  }

  /** @throws a 409: somebody has the nick. */
  register(normalized_nick: string, contact: Contact = {}): User {
    this.#refuseTaken(normalized_nick);
    const user_id = this.#supply.uuid();
    const now = this.#supply.time();
    const { display_name = null, phone = null, email = null } = contact;
    const user = {
      user_id,
      owner_agent: `agent://user/${user_id}`,
      normalized_nick,
      display_name,
      phone,
      email,
      created_at: now,
      updated_at: now,
    };
    return this.#users.add(user_id, user);
  }

  findByNick(normalized_nick: string): User | undefined {
    return this.#users.find({ normalized_nick });
  }

  /** @throws a 404. */
  get(owner_agent: string): User {
    return this.#users.find({ owner_agent }) ?? notFound('user');
  }

  /** Changes what is given. @throws a 404; a 409: somebody else has the nick. */
  update(owner_agent: string, contact: Contact, normalized_nick?: string): User {
    const user = this.get(owner_agent);
    if (normalized_nick !== undefined) this.#refuseTaken(normalized_nick, user);
    return this.#users.update(user.user_id, user, {
      normalized_nick,
      display_name: contact.display_name ?? undefined,
      phone: contact.phone ?? undefined,
      email: contact.email ?? undefined,
      updated_at: this.#supply.time(),
    });
  }

  clear(): void {
    this.#users.clear();
  }

  #refuseTaken(normalized_nick: string, by?: User): void {
    const holder = this.findByNick(normalized_nick);
    if (holder !== undefined && holder.user_id !== by?.user_id) throw conflict('the nick is taken');
  }
}
