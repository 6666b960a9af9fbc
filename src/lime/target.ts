import { LimeInputError } from './errors.js';
import { isHostName, isIpv4, isReservedName, looksNumeric } from './host-name.js';

/** How targets are read. */
export interface TargetOptions {
  /** Whether IP addresses and names that are reserved for local use, such as `localhost`, are taken. Default `false`. */
  readonly allowInsecureTargets?: boolean | undefined;
}

/** An MCP server, as a target names it. */
export interface Target {
  /** Its host: a DNS name in lower case, or an IP address. */
  readonly host: string;
  readonly isIp: boolean;
  /** Its endpoint. */
  readonly url: string;
}

/**
 * The domain that a target's access token is for: its host in lower case, without the port. A target is an http(s) URL or
 * `host[:port]`. Purely syntactic: no name is looked up.
 *
 * @throws {LimeInputError} it has no host, credentials, a bad port, an IP address or a reserved name.
 * @see LIME contract §8.3
 */
export function extractAndNormalizeDomain(target: string, options: TargetOptions = {}): string {
  return readHost(target, options).host;
}

/**
 * The MCP endpoint of a target: a URL as it is, without slashes at its end; of a host, `https://<host>/mcp`.
 *
 * @throws {LimeInputError} as `extractAndNormalizeDomain` does, or it is no URL.
 * @see LIME contract §8.3
 */
export function resolveMcpHttpUrl(target: string, options: TargetOptions = {}): string {
  return readTarget(target, options).url;
}

/** @throws {LimeInputError} it names no MCP server. */
export function readTarget(target: string, options: TargetOptions): Target {
  const { host, port, isIp, isUrl } = readHost(target, options);
  const url = isUrl ? target.trim().replace(/\/+$/, '') : `https://${host}${port === undefined ? '' : `:${port}`}/mcp`;
  // What is checked above and what fetch will connect to must be one and the same.
  if (/\s/.test(url) || !URL.canParse(url) || new URL(url).hostname !== host) {
    throw invalid('it is not a URL that can be called');
  }
  return { host, isIp, url };
}

function readHost(target: string, { allowInsecureTargets: anyHost = false }: TargetOptions) {
  const text = typeof target === 'string' ? target.trim() : '';
  if (text === '') throw invalid('it must be a non-empty string');
  const rest = text.replace(/^https?:\/\//i, '');
  const isUrl = rest !== text;
  const authority = rest.split('/', 1)[0]!.trim().toLowerCase();
  if (authority === '') throw invalid('it has no valid DNS hostname');
  if (authority.includes('@')) throw invalid('it has userinfo (user:password@): the token is got from LIME');

  const { name, port } = /^\[.*\]/.test(authority)
    ? splitPort(authority, authority.indexOf(']') + 1)
    : splitPort(authority, authority.indexOf(':'));
  const isIp = name.startsWith('[') || isIpv4(name);
  if (isIp || looksNumeric(name)) {
    if (isIp && anyHost) return { host: name, port, isIp, isUrl };
    throw invalid('it has an IP address, and tokens are for names', anyHost ? '' : ALLOW);
  }
  if (!isHostName(name)) throw invalid('it has no valid DNS hostname');
  if (isReservedName(name) && !anyHost) throw invalid('its name is reserved for local use', ALLOW);
  return { host: name, port, isIp, isUrl };
}

const ALLOW = ' For local work, set allowInsecureTargets.';

function splitPort(authority: string, at: number): { name: string; port: string | undefined } {
  if (at < 0 || at === authority.length) return { name: authority, port: undefined };
  const port = /^:(\d{1,5})$/.exec(authority.slice(at))?.[1];
  if (port === undefined || Number(port) > 65_535) {
    throw invalid('it has no valid DNS hostname and port: a port is a number up to 65535');
  }
  return { name: authority.slice(0, at), port };
}

/** The target itself is not repeated: what was given instead of one may be anything. */
function invalid(what: string, more = ''): LimeInputError {
  return new LimeInputError(
    'INVALID_INPUT',
    `The target cannot be used: ${what}. Pass the URL of an MCP endpoint or its host, such as https://tools.example.org/mcp.${more}`,
  );
}
