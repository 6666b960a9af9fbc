import type { ParseArgsConfig } from 'node:util';
import { LimeAgent, LimeInputError, resolveMcpHttpUrl } from '../lime/index.js';
import { UsageError } from './exit.js';
import type { Io } from './io.js';

/** The options of every command that asks LIME for something. */
export const PLATFORM_OPTIONS = {
  'api-base': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];

/** The options of every command that calls an MCP server. */
export const TARGET_OPTIONS = {
  ...PLATFORM_OPTIONS,
  'allow-insecure-targets': { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

export const API_BASE_HELP = `--api-base <url>         LIME's API root. Default: LIME_API_BASE, else https://lime.pics/api/v1`;
export const ALLOW_HELP = `--allow-insecure-targets Take IP addresses and names for local use, such as localhost`;
export const TARGET_HELP = `A target is the URL of an MCP endpoint, or a host, which then has it at https://<host>/mcp.`;
export const ENVIRONMENT_HELP = `Environment:
  LIME_AGENT_TOKEN  The agent's token. Required
  LIME_API_BASE     LIME's API root`;

/** Who the command acts as, and at which platform. */
export function platformOf(values: { readonly 'api-base'?: string | undefined }, { env }: Io) {
  return { agentToken: env['LIME_AGENT_TOKEN'], baseUrl: values['api-base'] ?? env['LIME_API_BASE'] };
}

/** Does `work` with an agent, which is closed after it. */
export async function withAgent<T>(
  values: { readonly 'api-base'?: string | undefined; readonly 'allow-insecure-targets'?: boolean | undefined },
  io: Io,
  work: (agent: LimeAgent) => Promise<T>,
): Promise<T> {
  const agent = new LimeAgent({
    ...platformOf(values, io),
    allowInsecureTargets: values['allow-insecure-targets'],
  });
  try {
    return await work(agent);
  } finally {
    await agent.close();
  }
}

/** @throws {UsageError} it names no MCP server, or one that has to be allowed. */
export function checkTarget(target: string, allowInsecureTargets: boolean | undefined): void {
  try {
    resolveMcpHttpUrl(target, { allowInsecureTargets });
  } catch (error) {
    if (!(error instanceof LimeInputError)) throw error;
    throw new UsageError(error.message.replace('set allowInsecureTargets', 'pass --allow-insecure-targets'));
  }
}
