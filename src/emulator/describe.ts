import type { AxmeControl } from './axme/control.js';
import type { LimeControl } from './lime/control.js';

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
  emulator: { readonly lime: LimeControl; readonly axme: AxmeControl },
  url: string,
): EmulatorDescription {
  const { agentToken, agentTokenWithoutMcp, siteToken } = emulator.lime;
  const { apiKey, actorToken, agentAddress, orgId, workspaceId } = emulator.axme;
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
    axme: { baseUrl: `${url}/axme`, apiKey, actorToken, agentAddress, orgId, workspaceId },
  };
}
