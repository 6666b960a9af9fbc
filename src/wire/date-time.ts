const FORM =
  /^(?<date>\d{4}-\d\d-\d\d)[Tt ](?<minute>\d\d:\d\d)(:(?<second>\d\d)([.,](?<fraction>\d+))?)?([Zz]|(?<sign>[+-])(?<hours>\d\d):?(?<minutes>\d\d)?)?$/;

/**
 * An ISO 8601 date-time. Without an offset it is UTC; of a fraction, milliseconds are kept. `undefined` if it is none, or
 * names a day or an hour that does not exist.
 *
 * @see LIME contract §6.2, Agent OTP contract §1.3, AXME contract §1.6
 */
export function parseDateTime(text: string): Date | undefined {
  const groups = FORM.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { date, minute, second = '00', fraction = '', sign, hours = '0', minutes = '0' } = groups;
  const local = `${date}T${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const time = new Date(local);
  // Runtimes differ in what they make of 31 February: an error, or a day in March.
  if (Number.isNaN(time.getTime()) || time.toISOString() !== local) return undefined;
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return new Date(time.getTime() + (sign === '-' ? offsetMs : -offsetMs));
}
