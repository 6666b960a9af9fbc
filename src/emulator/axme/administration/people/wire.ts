import * as v from 'valibot';
import { address, type FieldValues, int, text } from '../../input.js';
import { normalizeNick } from '../../nicks.js';
import { textOrNull } from '../fields.js';

/** A nick in any spelling; it is kept normalised (AXME contract §1.6). */
export const nick = v.pipe(
  text(1, 64),
  v.check((value) => normalizeNick(value) !== undefined, 'Expected @ and 3 to 32 letters, digits, dots, hyphens or _'),
  v.transform((value) => normalizeNick(value) as string),
);

const contact = {
  display_name: v.nullish(text(1, 120)),
  phone: v.nullish(text(3, 32)),
  email: v.nullish(text(3, 255)),
};

/** `POST /v1/users/register-nick` */
export const newUser = { nick, ...contact };
/** `POST /v1/users/rename-nick` */
export const renaming = { owner_agent: address, nick, ...contact };
/** `POST /v1/users/profile/update` */
export const profileChanges = { owner_agent: address, nick: v.optional(nick), ...contact };

/** What a person says of themselves; what is missing or `null` is left as it is. */
export interface Contact {
  readonly display_name?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly email?: string | null | undefined;
}

/** `POST /v1/invites/create` */
export const newInvite = {
  owner_agent: address,
  recipient_hint: textOrNull(1, 255),
  ttl_seconds: v.nullish(int(60, 1_209_600), 604_800),
};
export type NewInvite = FieldValues<typeof newInvite>;

/** `POST /v1/invites/{token}/accept` */
export const acceptance = { nick, display_name: contact.display_name };
