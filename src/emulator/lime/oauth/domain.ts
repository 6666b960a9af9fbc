// Which hosts a token may be for (LIME contract §8.3 and §10.3), read from the contract and not from the client.

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const NUMBER = /^(\d+|0x[0-9a-f]+)$/;

const RESERVED =
  /^(localhost|metadata|metadata\.google\.internal|kubernetes|kubernetes\.default|kubernetes\.default\.svc)$|\.(localhost|local|internal|intranet|corp|home|lan)$/;

/** Whether this is a host name as a token names it: canonical, so lower-case and without a port, and no IP address. */
export function isCanonicalDomain(text: string): boolean {
  const labels = text.split('.');
  return (
    text.length <= 253 && labels.every((label) => LABEL.test(label)) && !labels.every((label) => NUMBER.test(label))
  );
}

/** Whether the name is one that never is on the public internet. */
export function isReservedDomain(domain: string): boolean {
  return RESERVED.test(domain);
}
