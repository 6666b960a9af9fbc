import type { Family } from '../family.js';
import { invoke } from '../invoke.js';
import type { AnyOf, Open, Reply } from '../open.js';
import type { Operation } from '../operation.js';
import type { WriteOptions } from '../options.js';
import { checkValue, REFUSED_DECISIONS } from '../spellings.js';

/** Options of `decideApproval`. */
export interface DecideApprovalOptions extends WriteOptions {
  readonly comment?: string | undefined;
}

/** A decision. */
export interface Approval extends Open {
  readonly approval_id: string;
  readonly decision: AnyOf<'approve' | 'reject'>;
  readonly comment?: string | null | undefined;
  readonly decided_at: string;
}

/** The decision as it was recorded. */
export interface DecideApprovalReply extends Reply {
  readonly approval: Approval;
}

/** Approvals, which have an id of their own (AXME contract §2.8). */
export interface ApprovalMethods {
  /** Decides an approval. @throws {AxmeConflictError} it has been decided. */
  decideApproval(
    approvalId: string,
    decision: AnyOf<'approve' | 'reject'>,
    options?: DecideApprovalOptions,
  ): Promise<DecideApprovalReply>;
}

const DECIDE: Operation = {
  verb: 'POST',
  path: '/v1/approvals/{approval_id}/decision',
  args: ['decision'],
  body: ['decision', 'comment'],
};

export const approvals: Family<ApprovalMethods> = {
  async decideApproval(gateway, approvalId, decision, options) {
    checkValue('decision', decision, REFUSED_DECISIONS);
    return invoke(gateway, 'decideApproval', DECIDE, [approvalId, decision, options]);
  },
};
