import type { ParseArgsConfig } from 'node:util';
import { AxmeClient } from '../axme/index.js';
import type { Io } from './io.js';

/** The options of every command that asks AXME for something. */
export const AXME_OPTIONS = {
  'base-url': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];

export const AXME_HELP = `  --base-url <url>   Default: AXME_BASE_URL, else https://api.cloud.axme.ai
  --help             Print this help

Environment:
  AXME_API_KEY      The API key. Required
  AXME_ACTOR_TOKEN  The user's or session's token, where the gateway wants one
  AXME_BASE_URL     The gateway's address`;

/** Does `work` with a client, which is closed after it. */
export async function withAxme<T>(
  values: { readonly 'base-url'?: string | undefined },
  { env }: Io,
  work: (client: AxmeClient) => Promise<T>,
): Promise<T> {
  const client = new AxmeClient({
    apiKey: env['AXME_API_KEY'],
    actorToken: env['AXME_ACTOR_TOKEN'],
    baseUrl: values['base-url'] ?? env['AXME_BASE_URL'],
  });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
