import type { Family } from '../family.js';
import type { Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';

/** How a user may be reached. */
export interface UserContact extends Open {
  readonly display_name?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly email?: string | null | undefined;
}

/** A new user. */
export interface RegisterNickRequest extends UserContact {
  /** 3 to 32 word characters, dots or hyphens, with or without `@`. */
  readonly nick: string;
}

/** A user, by a nick. */
export interface NickReply extends Reply, UserContact {
  readonly user_id: string;
  readonly owner_agent: string;
  readonly nick: string;
  /** `<nick>@ax`. */
  readonly public_address: string;
}

/** A new user. */
export interface RegisterNickReply extends NickReply {
  readonly created_at: string;
}

/** A user under another nick. */
export interface RenameNickReply extends NickReply {
  readonly renamed_at: string;
}

/** Whether a nick is free. */
export interface CheckNickReply extends Reply {
  /** With a leading `@`. */
  readonly nick: string;
  readonly normalized_nick: string;
  readonly public_address: string;
  readonly available: boolean;
}

/** Another nick for a user. */
export interface RenameNickRequest extends UserContact {
  readonly owner_agent: string;
  readonly nick: string;
}

/** A profile. */
export interface UserProfileReply extends NickReply {
  readonly normalized_nick: string;
  readonly updated_at: string;
}

/** Only what is given changes. */
export interface UpdateUserProfileRequest extends UserContact {
  readonly owner_agent: string;
  readonly nick?: string | undefined;
}

/** Users and their nicks (AXME contract §2.12). */
export interface UserMethods {
  /** Registers a user. @throws {AxmeConflictError} the nick is taken. */
  registerNick(payload: RegisterNickRequest, options?: WriteOptions): Promise<RegisterNickReply>;
  /** Whether a nick is free. */
  checkNick(nick: string, options?: RequestOptions): Promise<CheckNickReply>;
  /** Gives a user another nick. @throws {AxmeConflictError} it is taken. */
  renameNick(payload: RenameNickRequest, options?: WriteOptions): Promise<RenameNickReply>;
  /** A user's profile. */
  getUserProfile(ownerAgent: string, options?: RequestOptions): Promise<UserProfileReply>;
  /** Changes a user's profile. */
  updateUserProfile(payload: UpdateUserProfileRequest, options?: WriteOptions): Promise<UserProfileReply>;
}

export const users: Family<UserMethods> = {
  registerNick: { verb: 'POST', path: '/v1/users/register-nick', args: ['payload'] },
  checkNick: { verb: 'GET', path: '/v1/users/check-nick', args: ['nick'], query: ['nick'] },
  renameNick: { verb: 'POST', path: '/v1/users/rename-nick', args: ['payload'] },
  getUserProfile: { verb: 'GET', path: '/v1/users/profile', args: ['owner_agent'], query: ['owner_agent'] },
  updateUserProfile: { verb: 'POST', path: '/v1/users/profile/update', args: ['payload'] },
};
