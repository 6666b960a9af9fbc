/** A date-time as the gateway writes it: RFC 3339, UTC, `Z` (AXME contract §1.6). */
export function dateTime(ms: number): string {
  return new Date(ms).toISOString();
}
