import * as v from 'valibot';
import type { Family } from '../../family.js';
import { uuid } from '../../input.js';
import type { AxmeRouter } from '../../router.js';
import type { AccessRequests } from './access-requests.js';
import { accessRequestState, accessReview, newAccessRequest } from './wire.js';

const filter = { org_id: v.optional(uuid), workspace_id: v.optional(uuid), state: v.optional(accessRequestState) };

/** Requests for access (AXME contract §2.13). */
export class Access implements Family {
  readonly #requests: AccessRequests;

  constructor(requests: AccessRequests) {
    this.#requests = requests;
  }

  routes(router: AxmeRouter): void {
    const requests = this.#requests;
    router.actor('/v1/access-requests', {
      GET: (call) => ({ ok: true, access_requests: requests.list(call.query(filter)) }),
      POST: (call) => ({ ok: true, access_request: requests.create(call.body(newAccessRequest)) }),
    });
    router.actor('/v1/access-requests/:id', {
      GET: (call) => ({ ok: true, access_request: requests.get(call.param('id')) }),
    });
    router.actor('/v1/access-requests/:id/review', {
      POST: (call) => ({ ok: true, access_request: requests.review(call.param('id'), call.body(accessReview)) }),
    });
  }

  reset(): void {
    this.#requests.clear();
  }
}
