/** The states in which an intent stays for ever (AXME contract §3.1). */
const TERMINAL_STATES: readonly unknown[] = ['COMPLETED', 'FAILED', 'CANCELED', 'TIMED_OUT'];
/** `intent.timeout`, an older name, is left out on purpose: only its status can make it terminal (§3.3). */
const TERMINAL_TYPES: readonly unknown[] = ['intent.completed', 'intent.failed', 'intent.canceled', 'intent.timed_out'];

export function isTerminalState(status: unknown): boolean {
  return TERMINAL_STATES.includes(status);
}

/** Whether nothing comes after this event of an intent (AXME contract §3.3). */
export function isTerminal(event: { readonly status?: unknown; readonly event_type?: unknown }): boolean {
  return isTerminalState(event.status) || TERMINAL_TYPES.includes(event.event_type);
}
