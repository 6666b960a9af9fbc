import { conflict } from '../../refusal.js';
import { existing } from '../refusals.js';
import type { Supply } from '../supply.js';
import { type Changes, Table } from '../table.js';
import type { Tenants } from './tenants.js';
import type { AccessRequest, AccessReview, NewAccessRequest } from './wire.js';

interface StoredRequest extends AccessRequest {
  readonly expires_at: string | null;
}

const STATE_AFTER = { approve: 'approved', reject: 'rejected', waitlist: 'waitlisted' } as const;

/** Requests for access, each reviewed at most once (AXME contract §2.13). */
export class AccessRequests {
  readonly #stored = new Table<StoredRequest>();
  readonly #supply: Supply;
  readonly #tenants: Tenants;

  constructor(supply: Supply, tenants: Tenants) {
    this.#supply = supply;
    this.#tenants = tenants;
  }

  /** @throws {AxmeRefusal} 404: the organization or the workspace is unknown. */
  create(given: NewAccessRequest): AccessRequest {
    if (given.org_id !== null) this.#tenants.check(given.org_id, given.workspace_id);
    const access_request_id = this.#supply.uuid();
    const stored: StoredRequest = {
      access_request_id,
      ...given,
      state: 'pending',
      reviewer_actor_id: null,
      review_comment: null,
      reviewed_at: null,
      ...this.#supply.born(),
    };
    return this.#view(this.#stored.add(access_request_id, stored));
  }

  list(where: Changes<AccessRequest>): readonly AccessRequest[] {
    const { state, ...rest } = where;
    const found = this.#stored.list(rest).map((stored) => this.#view(stored));
    return found.filter((request) => state === undefined || request.state === state);
  }

  /** @throws {AxmeRefusal} 404. */
  get(access_request_id: string): AccessRequest {
    return this.#view(this.#existing(access_request_id));
  }

  /** @throws {AxmeRefusal} 404; 409: it was reviewed, or its time is over. */
  review(access_request_id: string, { decision, ...review }: AccessReview): AccessRequest {
    const stored = this.#existing(access_request_id);
    const { state } = this.#view(stored);
    if (state !== 'pending') throw conflict(`the access request is ${state}`);
    const now = this.#supply.time();
    const changes = { ...review, state: STATE_AFTER[decision], reviewed_at: now, updated_at: now };
    return this.#view(this.#stored.update(access_request_id, stored, changes));
  }

  clear(): void {
    this.#stored.clear();
  }

  #existing(access_request_id: string): StoredRequest {
    return existing(this.#stored.get(access_request_id), 'access request');
  }

  #view({ expires_at, ...request }: StoredRequest): AccessRequest {
    const expired = request.state === 'pending' && expires_at !== null && this.#supply.isOver(expires_at);
    return expired ? { ...request, state: 'expired' } : request;
  }
}
