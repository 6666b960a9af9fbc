/** Names of the machine itself, of its network and of cloud metadata (LIME contract §8.3, agents >= 3.0.2). */
const LOCAL: ReadonlySet<string> = new Set([
  'localhost',
  'metadata',
  'metadata.google.internal',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
]);
const LOCAL_SUFFIXES = /\.(localhost|local|internal|intranet|corp|home|lan)$/;
/** Public names that resolve to whatever address they spell, or to the machine itself. */
const WILDCARD_DNS = /(^|\.)(nip\.io|sslip\.io|xip\.io|traefik\.me|localtest\.me|lvh\.me)$/;

const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const NAME = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const OCTET = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${OCTET}(\\.${OCTET}){3}$`);

/** Whether it is a DNS host name in lower case: one label will do, and there is no dot at the end. */
export function isHostName(host: string): boolean {
  return host.length <= 253 && NAME.test(host);
}

/** Whether the name is never one on the public internet. */
export function isLocalName(host: string): boolean {
  return LOCAL.has(host) || LOCAL_SUFFIXES.test(host);
}

/** Whether the name leads, or may lead, to the machine itself, to its network or to cloud metadata. */
export function isReservedName(host: string): boolean {
  return isLocalName(host) || WILDCARD_DNS.test(host);
}

/** `127.0.0.1`, and nothing that only some parsers take for an address. */
export function isIpv4(host: string): boolean {
  return IPV4.test(host);
}

/** Whether some parser takes it for an IPv4 address: every label is decimal or hexadecimal, as in `127.1` and `0x7f000001`. */
export function looksNumeric(host: string): boolean {
  return host.split('.').every((label) => /^(\d+|0x[0-9a-f]*)$/.test(label));
}
