import { checkSignal } from '../arguments.js';
import { AxmeInputError } from '../errors.js';
import type { RequestOptions } from '../options.js';

/** Options of what follows a stream. */
export interface LiveOptions extends Omit<RequestOptions, 'timeoutMs'> {
  /** The highest `seq` that was dealt with before: only what comes after it is handed over. Default 0. */
  readonly since?: number | undefined;
  /** Seconds that the service keeps each connection open, 1 to 60. Default 15. */
  readonly waitSeconds?: number | undefined;
  /** Milliseconds for the whole wait, from the first event asked for. Default: none. */
  readonly timeoutMs?: number | undefined;
}

/** Options of what also asks by itself, between two connections and where the service has no stream. */
export interface PollingOptions extends LiveOptions {
  /** Milliseconds from one poll without news to the next. Default 1,000; less than 100 counts as 100. */
  readonly pollIntervalMs?: number | undefined;
}

/** @throws {AxmeInputError} an option has the wrong form. Nothing has been sent. */
export function checkLiveOptions(options: PollingOptions): void {
  const { since, waitSeconds, pollIntervalMs, timeoutMs, signal } = options;
  checkSignal(signal);
  check('since', since, 'an integer of 0 or more', (value) => Number.isSafeInteger(value) && value >= 0);
  check('waitSeconds', waitSeconds, 'an integer from 1 to 60', (s) => Number.isInteger(s) && s >= 1 && s <= 60);
  check('pollIntervalMs', pollIntervalMs, 'a number of milliseconds of 0 or more', (ms) => ms >= 0);
  check('timeoutMs', timeoutMs, 'a number of milliseconds above 0', (ms) => ms > 0);
}

function check(field: string, value: unknown, wanted: string, fits: (value: number) => boolean): void {
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value) && fits(value))) return;
  throw new AxmeInputError(`${field} must be ${wanted}, not ${String(value)}.`, { field });
}
