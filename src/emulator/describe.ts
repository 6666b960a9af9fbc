import type { AgentOtpControl } from './agent-otp/control.js';
import { MOUNTED_AT } from './agent-otp/wire.js';
import type { AxmeControl } from './axme/control.js';
import type { Emulator } from './emulator.js';

/** Where a served emulator is and with what it is used: the one line of `countersign emulator --json`. */
export interface EmulatorDescription {
  /** The origin, without a trailing slash. */
  readonly url: string;
  /** A page that shows the state. */
  readonly console: string;
  readonly lime: {
    /** LIME's origin, as its resource-server verifier takes it. */
    readonly origin: string;
    /** LIME's API root, as its agents and sites take it. */
    readonly apiBase: string;
    readonly agentToken: string;
    readonly agentTokenWithoutMcp: string;
    readonly siteToken: string;
    /** The demo MCP server, which takes LIME's MCP access tokens. */
    readonly mcpUrl: string;
  };
  readonly agentOtp: {
    /** What Agent OTP's clients take: below it are `/api/v1` and `/v1`. */
    readonly baseUrl: string;
    /** The key of an agent. */
    readonly apiKey: string;
    /** The agent's owner, as `X-User-ID` says it. */
    readonly ownerId: string;
    /** What shows that it is the owner, as a Bearer token, where `X-User-ID` is not trusted. */
    readonly ownerSecret: string;
    /** With it the owner's webhooks are signed (Standard Webhooks). */
    readonly webhookSecret: string;
  };
  readonly axme: {
    /** The gateway, as its clients take it. */
    readonly baseUrl: string;
    readonly apiKey: string;
    readonly actorToken: string;
    /** The address of the API key's own agent. */
    readonly agentAddress: string;
    readonly orgId: string;
    readonly workspaceId: string;
  };
}

/** Describes an emulator that is served at the origin `url`. */
export function describeEmulator(
  emulator: Pick<Emulator, 'lime' | 'agentOtp' | 'axme'>,
  url: string,
): EmulatorDescription {
  const { agentToken, agentTokenWithoutMcp, siteToken } = emulator.lime;
  return {
    url,
    console: `${url}/`,
    lime: {
      origin: url,
      apiBase: `${url}/api/v1`,
      agentToken,
      agentTokenWithoutMcp,
      siteToken,
      mcpUrl: `${url}/mcp`,
    },
    agentOtp: describeAgentOtp(emulator.agentOtp, url),
    axme: describeAxme(emulator.axme, url),
  };
}

function describeAgentOtp(
  { apiKey, ownerId, ownerSecret, webhookSecret }: AgentOtpControl,
  url: string,
): EmulatorDescription['agentOtp'] {
  return { baseUrl: `${url}${MOUNTED_AT}`, apiKey, ownerId, ownerSecret, webhookSecret };
}

function describeAxme(
  { apiKey, actorToken, agentAddress, orgId, workspaceId }: AxmeControl,
  url: string,
): EmulatorDescription['axme'] {
  return { baseUrl: `${url}/axme`, apiKey, actorToken, agentAddress, orgId, workspaceId };
}
