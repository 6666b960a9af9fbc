import { LimeInputError } from '../errors.js';
import { isHostName, isLocalName, looksNumeric } from '../host-name.js';

/**
 * The host name that tokens must be for, trimmed and in lower case (LIME contract §10.3).
 *
 * @throws {LimeInputError} it is no host name, has a port, or is reserved for local use.
 */
export function checkDomainPin(
  domain: string,
  { allowInsecureTargets = false }: { readonly allowInsecureTargets?: boolean | undefined },
): string {
  const pin = typeof domain === 'string' ? domain.trim().toLowerCase() : '';
  if (!isCanonicalDomain(pin)) {
    throw new LimeInputError(
      'INVALID_INPUT',
      'expectedDomain must be the host name that agents call this server by, such as tools.example.org: no URL, no port, no IP address.',
    );
  }
  if (isLocalName(pin) && !allowInsecureTargets) {
    throw new LimeInputError(
      'INVALID_INPUT',
      'expectedDomain is reserved for local use, so that many servers go by it. For local work, set allowInsecureTargets.',
    );
  }
  return pin;
}

/** Whether this is a host name as a token has it: in lower case, without a port, and no IP address. */
export function isCanonicalDomain(domain: string): boolean {
  return isHostName(domain) && !looksNumeric(domain);
}
