import { parseArgs } from 'node:util';
import { type StartedEmulator, startEmulator } from '../../emulator/node/index.js';
import { EXIT, type ExitCode } from '../exit.js';
import type { Io } from '../io.js';
import { wholeNumber } from '../number-argument.js';

export const emulatorHelp = `Usage: countersign emulator [options]

Serves the platforms' emulator until it is ended, for development and tests.

Options:
  --port <number>        Default 4780; 0 for any that is free
  --host <host>          Default localhost: 127.0.0.1 and ::1
  --difficulty <number>  Leading zero bits that login requests ask for. Default 15
  --json                 Print addresses and tokens as one line of JSON when it is ready
  --help                 Print this help
`;

const DEFAULT_PORT = '4780';

export async function emulator(args: string[], io: Io): Promise<ExitCode> {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      difficulty: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    io.out(emulatorHelp);
    return EXIT.ok;
  }
  const { port = DEFAULT_PORT, difficulty } = values;
  const started = await startEmulator({
    port: wholeNumber('--port', port, 0, 65_535),
    host: values.host,
    lime: { difficulty: difficulty === undefined ? undefined : wholeNumber('--difficulty', difficulty, 0, 255) },
    warn: (message) => io.err(`Warning: ${message}\n`),
  });
  io.out(values.json ? `${JSON.stringify(started)}\n` : greeting(started));
  await ended(io.signal);
  await started.close();
  return EXIT.ok;
}

function greeting({ url, console, lime, agentOtp, axme }: StartedEmulator): string {
  return `The emulator is at ${url} (state: ${console}). Ctrl-C ends it.

LIME
  export LIME_API_BASE=${lime.apiBase}
  export LIME_AGENT_TOKEN=${lime.agentToken}
  export LIME_SITE_TOKEN=${lime.siteToken}

Create a login request as the site, then log in as the agent:
  curl -s -X POST -H "X-Site-Token: $LIME_SITE_TOKEN" -H 'Content-Type: application/json' -d '{}' "$LIME_API_BASE/modules/agent-login/requests"
  npx countersign login <login_request_id>

Call the demo MCP server at ${lime.mcpUrl} as the agent:
  npx countersign tools ${lime.mcpUrl} --allow-insecure-targets
  npx countersign call ${lime.mcpUrl} slow --args '{"steps":3}' --allow-insecure-targets

Agent OTP
  export AGENT_OTP_BASE_URL=${agentOtp.baseUrl}
  export AGENT_OTP_API_KEY=${agentOtp.apiKey}
  export AGENT_OTP_OWNER_ID=${agentOtp.ownerId}

Ask as the agent; decide at the link that it prints, or as the owner in another terminal:
  npx countersign ask --action email.send --scope '{"max_emails":1}' --wait
  npx countersign approve <permission_id>

AXME
  export AXME_BASE_URL=${axme.baseUrl}
  export AXME_API_KEY=${axme.apiKey}

Send an intent to the key's own agent, follow it, and end it in another terminal:
  npx countersign intent send orders.place.v1 --to ${axme.agentAddress}
  npx countersign intent watch <intent_id>
  npx countersign intent resolve <intent_id> --result '{"ok":true}'
`;
}

function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
