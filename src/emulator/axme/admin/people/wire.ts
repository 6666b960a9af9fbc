import * as v from 'valibot';
import { integer, ownerAgent, text } from '../fields.js';
import { normalizeNick } from './nick.js';

/** A nick in any spelling; it is kept normalised (AXME contract §1.6). */
export const nick = v.pipe(
  text(1, 64),
  v.transform(normalizeNick),
  v.regex(/^[\w.-]{3,32}$/, 'Expected @ and 3 to 32 letters, digits, dots, hyphens or underscores'),
);

const contact = {
  display_name: v.nullish(text(1, 120)),
  phone: v.nullish(text(3, 32)),
  email: v.nullish(text(3, 255)),
};

/** `POST /v1/users/register-nick` */
export const newUser = v.object({ nick, ...contact });
/** `POST /v1/users/rename-nick` */
export const renaming = v.object({ owner_agent: ownerAgent, nick, ...contact });
/** `POST /v1/users/profile/update` */
export const profileChanges = v.object({ owner_agent: ownerAgent, nick: v.optional(nick), ...contact });

/** What a person says of themselves; what is missing or `null` is left as it is. */
export interface Contact {
  readonly display_name?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly email?: string | null | undefined;
}

/** `POST /v1/invites/create` */
export const newInvite = v.object({
  owner_agent: ownerAgent,
  recipient_hint: v.nullish(text(1, 255), null),
  ttl_seconds: v.nullish(integer(60, 1_209_600), 604_800),
});
export type NewInvite = v.InferOutput<typeof newInvite>;

/** `POST /v1/invites/{token}/accept` */
export const acceptance = v.object({ nick, display_name: contact.display_name });
