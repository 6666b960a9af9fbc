import * as v from 'valibot';
import type { Core } from '../core.js';
import type { Family } from '../family.js';
import { text } from '../input.js';
import { conflict, invalid, notFound } from '../refusal.js';
import type { AxmeRouter } from '../router.js';
import { dateTime } from '../time.js';

/** An approval, and what was decided. */
export interface Approval {
  readonly approvalId: string;
  /** `undefined`: it waits. */
  readonly decision: 'approve' | 'reject' | undefined;
  readonly comment: string | undefined;
  /** Milliseconds since the epoch. */
  readonly decidedAt: number | undefined;
}

/** At most so many are kept; then the oldest is dropped. */
const MAX_APPROVALS = 10_000;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const fields = { decision: v.picklist(['approve', 'reject']), comment: v.nullish(text(0, 1000)) };

/** Approvals (AXME contract §2.8, §8). One that is unknown is made by deciding it, except in strict mode. */
export class Approvals implements Family {
  readonly #core: Core;
  readonly #approvals = new Map<string, Approval>();

  constructor(core: Core) {
    this.#core = core;
  }

  routes(router: AxmeRouter): void {
    router.machine('/v1/approvals/:id/decision', {
      POST: (call) => {
        const { decision, comment } = call.body(fields);
        const id = call.param('id').toLowerCase();
        if (!UUID.test(id)) throw invalid(['path', 'approval_id'], 'Expected a UUID', 'uuid_parsing');
        const known = this.#approvals.get(id);
        if (known === undefined && this.#core.strict) throw notFound('approval');
        if (known?.decision !== undefined) throw conflict('approval is already decided');
        const decidedAt = this.#core.time.now();
        this.#put({ approvalId: id, decision, comment: comment ?? undefined, decidedAt });
        return {
          ok: true,
          approval: { approval_id: id, decision, comment: comment ?? null, decided_at: dateTime(decidedAt) },
        };
      },
    });
  }

  reset(): void {
    this.#approvals.clear();
  }

  /** One that waits for a decision. */
  add(): Approval {
    return this.#put({
      approvalId: this.#core.ids.uuid(),
      decision: undefined,
      comment: undefined,
      decidedAt: undefined,
    });
  }

  /** Oldest first. */
  list(): readonly Approval[] {
    return [...this.#approvals.values()];
  }

  #put(approval: Approval): Approval {
    this.#approvals.set(approval.approvalId, Object.freeze(approval));
    if (this.#approvals.size > MAX_APPROVALS) this.#approvals.delete(this.#approvals.keys().next().value as string);
    return approval;
  }
}
