import type { ParseArgsConfig } from 'node:util';
import { AgentOtpClient } from '../agent-otp/index.js';
import type { Io } from './io.js';

/** The options of every command that asks Agent OTP for something. */
export const AGENT_OTP_OPTIONS = {
  'base-url': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];

export const BASE_URL_HELP = '--base-url <url>   Default: AGENT_OTP_BASE_URL, else https://api.agentotp.com';

/** Does `work` with a client of the agent, or of an owner, which is closed after it. */
export async function withAgentOtp<T>(
  values: { readonly 'base-url'?: string | undefined },
  { env }: Io,
  ownerId: string | undefined,
  work: (client: AgentOtpClient) => Promise<T>,
): Promise<T> {
  const client = new AgentOtpClient({
    apiKey: env['AGENT_OTP_API_KEY'] ?? env['AGENT_OTP_KEY'],
    baseUrl: values['base-url'] ?? env['AGENT_OTP_BASE_URL'] ?? env['AGENT_OTP_URL'],
    ownerId,
  });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
