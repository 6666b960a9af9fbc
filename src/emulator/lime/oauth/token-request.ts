import { parseJson } from '../../body.js';
import { Refusal } from '../../envelope.js';
import type { LimeSettings } from '../settings.js';
import { isCanonicalDomain, isReservedDomain } from './domain.js';

type Settings = Pick<LimeSettings['now'], 'acceptedTokenRequests' | 'strictDomains'>;

/**
 * The domain that a token is asked for; `undefined` for the empty form (LIME contract §7.1).
 *
 * @throws {Refusal} 400: the body has neither form, or one that the settings do not accept.
 */
export function requestedDomain(
  body: Uint8Array<ArrayBuffer>,
  { acceptedTokenRequests, strictDomains }: Settings,
): string | undefined {
  if (body.length === 0) {
    if (acceptedTokenRequests === 'domain') throw invalid('The body must be {"domain": "<host>"}.');
    return undefined;
  }
  if (acceptedTokenRequests === 'empty') throw invalid('The body must be empty.');
  const json = parseJson(body);
  if (typeof json !== 'object' || json === null || Object.keys(json).join() !== 'domain') {
    throw invalid('The body must be {"domain": "<host>"} and nothing else.');
  }
  const { domain } = json as { domain: unknown };
  if (typeof domain !== 'string' || !isCanonicalDomain(domain)) {
    throw invalid('domain must be a host name in lower case, without a port, and no IP address.');
  }
  if (strictDomains && isReservedDomain(domain)) throw invalid('domain is a reserved name.');
  return domain;
}

function invalid(message: string): Refusal {
  return new Refusal(400, 'INVALID_REQUEST', message);
}
