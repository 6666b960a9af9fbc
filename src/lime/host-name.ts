/** Names that lead to the machine itself, to its network or to cloud metadata (LIME contract §8.3, agents >= 3.0.2). */
const RESERVED: ReadonlySet<string> = new Set([
  'localhost',
  'metadata',
  'metadata.google.internal',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'nip.io',
  'sslip.io',
  'xip.io',
  'traefik.me',
  'localtest.me',
  'lvh.me',
]);
const RESERVED_SUFFIXES =
  /\.(localhost|local|internal|intranet|corp|home|lan|nip\.io|sslip\.io|xip\.io|traefik\.me|localtest\.me|lvh\.me)$/;

const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const NAME = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const OCTET = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${OCTET}(\\.${OCTET}){3}$`);

/** Whether it is a DNS host name in lower case: one label will do, and there is no dot at the end. */
export function isHostName(host: string): boolean {
  return host.length <= 253 && NAME.test(host);
}

export function isReservedName(host: string): boolean {
  return RESERVED.has(host) || RESERVED_SUFFIXES.test(host);
}

/** `127.0.0.1`, and nothing that only some parsers take for an address. */
export function isIpv4(host: string): boolean {
  return IPV4.test(host);
}

/** Whether some parser takes it for an IPv4 address: every label is decimal or hexadecimal, as in `127.1` and `0x7f000001`. */
export function looksNumeric(host: string): boolean {
  return host.split('.').every((label) => /^(\d+|0x[0-9a-f]*)$/.test(label));
}
