import type { Nicks } from '../../nicks.js';
import { conflict } from '../../refusal.js';
import { existing } from '../refusals.js';
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

/** The people who have nicks (AXME contract §2.12). */
export class Users {
  readonly #users = new Table<User>(10_000);
  readonly #supply: Supply;
  readonly #nicks: Nicks;

  constructor(supply: Supply, nicks: Nicks) {
    this.#supply = supply;
    this.#nicks = nicks;
  }

  /** @throws {AxmeRefusal} 409: somebody has the nick. */
  register(normalized_nick: string, { display_name, phone, email }: Contact): User {
    this.#refuseTaken(normalized_nick);
    const user_id = this.#supply.uuid();
    const owner_agent = `agent://user/${user_id}`;
    this.#nicks.take(normalized_nick, owner_agent);
    return this.#users.add(user_id, {
      user_id,
      owner_agent,
      normalized_nick,
      display_name: display_name ?? null,
      phone: phone ?? null,
      email: email ?? null,
      ...this.#supply.born(),
    });
  }

  findByNick(normalized_nick: string): User | undefined {
    return this.#users.find({ normalized_nick });
  }

  /** @throws {AxmeRefusal} 404. */
  get(owner_agent: string): User {
    return existing(this.#users.find({ owner_agent }), 'user');
  }

  /** Changes what is given. @throws {AxmeRefusal} 404; 409: somebody else has the nick. */
  update(owner_agent: string, contact: Contact, normalized_nick?: string): User {
    const user = this.get(owner_agent);
    if (normalized_nick !== undefined && normalized_nick !== user.normalized_nick) {
      this.#refuseTaken(normalized_nick);
      this.#nicks.release(user.normalized_nick);
      this.#nicks.take(normalized_nick, owner_agent);
    }
    return this.#users.update(user.user_id, user, {
      normalized_nick,
      display_name: contact.display_name ?? undefined,
      phone: contact.phone ?? undefined,
      email: contact.email ?? undefined,
      ...this.#supply.touched(),
    });
  }

  clear(): void {
    this.#users.clear();
  }

  #refuseTaken(normalized_nick: string): void {
    if (this.#nicks.ownerOf(normalized_nick) !== undefined) throw conflict('the nick is taken');
  }
}
