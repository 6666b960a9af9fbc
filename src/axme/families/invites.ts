import type { Family } from '../family.js';
import type { AnyOf, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';

/** An invite to make. */
export interface CreateInviteRequest extends Open {
  readonly owner_agent: string;
  readonly recipient_hint?: string | undefined;
  /** 60 to 1,209,600. */
  readonly ttl_seconds?: number | undefined;
}

/** An invite. Its token is all that it takes to accept it. */
export interface InviteReply extends Reply {
  readonly token: string;
  readonly owner_agent: string;
  readonly recipient_hint?: string | null | undefined;
  readonly status: AnyOf<'pending' | 'accepted' | 'expired'>;
  readonly created_at: string;
  readonly expires_at: string;
}

/** A new invite. */
export interface CreateInviteReply extends InviteReply {
  readonly invite_url: string;
}

/** An invite, and who accepted it. */
export interface GetInviteReply extends InviteReply {
  readonly accepted_at?: string | null | undefined;
  readonly accepted_owner_agent?: string | null | undefined;
  readonly nick?: string | null | undefined;
  readonly public_address?: string | null | undefined;
}

/** Under which nick an invite is accepted. */
export interface AcceptInviteRequest extends Open {
  readonly nick: string;
  readonly display_name?: string | undefined;
}

/** A user who came by an invite. */
export interface AcceptInviteReply extends Reply {
  readonly token: string;
  readonly status: AnyOf<'accepted'>;
  readonly invite_owner_agent: string;
  readonly user_id: string;
  readonly owner_agent: string;
  readonly nick: string;
  readonly public_address: string;
  readonly display_name?: string | null | undefined;
  readonly accepted_at: string;
  readonly registry_bind_status: AnyOf<'propagated' | 'failed' | 'disabled' | 'skipped_no_hint'>;
}

/** Invites (AXME contract §2.12). */
export interface InviteMethods {
  /** Invites someone. */
  createInvite(payload: CreateInviteRequest, options?: WriteOptions): Promise<CreateInviteReply>;
  /** An invite, by its token. */
  getInvite(token: string, options?: RequestOptions): Promise<GetInviteReply>;
  /** Accepts an invite under a nick. @throws {AxmeConflictError} it was accepted or has expired. */
  acceptInvite(token: string, payload: AcceptInviteRequest, options?: WriteOptions): Promise<AcceptInviteReply>;
}

export const invites: Family<InviteMethods> = {
  createInvite: { verb: 'POST', path: '/v1/invites/create', args: ['payload'] },
  getInvite: { verb: 'GET', path: '/v1/invites/{token}' },
  acceptInvite: { verb: 'POST', path: '/v1/invites/{token}/accept', args: ['payload'] },
};
