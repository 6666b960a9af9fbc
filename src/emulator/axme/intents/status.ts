/** The states of an intent (AXME contract §3.1). */
export const STATUSES = [
  'CREATED',
  'SUBMITTED',
  'DELIVERED',
  'ACKNOWLEDGED',
  'IN_PROGRESS',
  'WAITING',
  'COMPLETED',
  'FAILED',
  'CANCELED',
  'TIMED_OUT',
] as const;

/** The state of an intent. */
export type IntentStatus = (typeof STATUSES)[number];

/** Why an intent waits. */
export const WAITING_REASONS = [
  'WAITING_FOR_HUMAN',
  'WAITING_FOR_TOOL',
  'WAITING_FOR_AGENT',
  'WAITING_FOR_TIME',
] as const;

/** Why an intent waits. */
export type WaitingReason = (typeof WAITING_REASONS)[number];

/** A state that is never left. */
export type TerminalStatus = 'COMPLETED' | 'FAILED' | 'CANCELED' | 'TIMED_OUT';

/** The legal transitions (AXME contract §3.2); whatever is not over may also run out of time. */
const TRANSITIONS: Readonly<Record<IntentStatus, readonly IntentStatus[]>> = {
  CREATED: ['SUBMITTED', 'TIMED_OUT'],
  SUBMITTED: ['DELIVERED', 'IN_PROGRESS', 'WAITING', 'FAILED', 'CANCELED', 'TIMED_OUT'],
  DELIVERED: ['ACKNOWLEDGED', 'IN_PROGRESS', 'WAITING', 'FAILED', 'CANCELED', 'TIMED_OUT'],
  ACKNOWLEDGED: ['IN_PROGRESS', 'WAITING', 'FAILED', 'CANCELED', 'TIMED_OUT'],
  IN_PROGRESS: ['WAITING', 'COMPLETED', 'FAILED', 'CANCELED', 'TIMED_OUT'],
  WAITING: ['IN_PROGRESS', 'FAILED', 'CANCELED', 'TIMED_OUT'],
  COMPLETED: [],
  FAILED: [],
  CANCELED: [],
  TIMED_OUT: [],
};

export function mayMove(from: IntentStatus, to: IntentStatus): boolean {
  return TRANSITIONS[from].includes(to);
}

export function isTerminal(status: IntentStatus): status is TerminalStatus {
  return TRANSITIONS[status].length === 0;
}

/** The type of the event by which an intent comes to be in a state (AXME contract §3.3). */
export function eventTypeOf(status: IntentStatus): string {
  return `intent.${status.toLowerCase()}`;
}

/** What older servers say beside the status (AXME contract §2.3). */
export function legacyStatusOf(status: IntentStatus): string {
  if (status === 'COMPLETED') return 'done';
  if (isTerminal(status)) return 'failed';
  if (status === 'WAITING') return 'blocked';
  return status === 'ACKNOWLEDGED' || status === 'IN_PROGRESS' ? 'running' : 'accepted';
}
