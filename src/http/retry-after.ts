const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const TIME = '(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})';

// RFC 9110 §5.6.7. Date.parse will not do: it takes the third form for local time, and much that is no HTTP date.
const HTTP_DATES = [
  new RegExp(`^\\w{3}, (?<day>\\d{2}) (?<month>\\w{3}) (?<year>\\d{4}) ${TIME} GMT$`), // IMF-fixdate
  new RegExp(`^\\w{6,9}, (?<day>\\d{2})-(?<month>\\w{3})-(?<year>\\d{2}) ${TIME} GMT$`), // RFC 850
  new RegExp(`^\\w{3} (?<month>\\w{3}) (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`), // asctime
];

/**
 * How long a `Retry-After` header asks to wait, in milliseconds from `now` (0 for a date in the past): whole seconds or an
 * HTTP date in any of its three forms. `undefined` if it is absent or neither.
 *
 * @see RFC 9110 §10.2.3
 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, Number.MAX_SAFE_INTEGER);
  const date = parseHttpDate(value, now);
  return date === undefined ? undefined : Math.max(0, date - now);
}

function parseHttpDate(value: string, now: number): number | undefined {
  for (const form of HTTP_DATES) {
    const { day, month, year, hour, minute, second } = form.exec(value)?.groups ?? {};
    if (!day || !month || !year) continue;
    const monthIndex = MONTHS.indexOf(month);
    if (monthIndex < 0) return undefined;
    return Date.UTC(fullYear(year, now), monthIndex, Number(day), Number(hour), Number(minute), Number(second));
  }
  return undefined;
}

// RFC 9110 §5.6.7: two digits that seem to lie more than 50 years ahead mean the past century.
function fullYear(year: string, now: number): number {
  if (year.length === 4) return Number(year);
  const thisYear = new Date(now).getUTCFullYear();
  const guess = thisYear - (thisYear % 100) + Number(year);
  return guess > thisYear + 50 ? guess - 100 : guess;
}
