import { UsageError } from './exit.js';

/** The whole number that an option holds. @throws {UsageError} it is none, or out of range. */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${option} must be an integer from ${least} to ${most}.`);
}
