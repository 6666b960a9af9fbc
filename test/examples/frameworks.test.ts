import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';

const folder = new URL('../../examples/frameworks/', import.meta.url).pathname;
const installed = existsSync(`${folder}node_modules/countersign`);
const sent = 'Sent “Hello” to ann@example.org.';
const refused = 'Permission denied: Too many readers. The action was not carried out.';

let emulator: StartedEmulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.emulator.reset());
afterAll(() => emulator.close());

/** The owner: whenever a program says that it waits, Ann may be written to, and nobody else. */
function decide(stderr: Readable) {
  const { agentOtp } = emulator.emulator;
  stderr.on('data', () => {
    for (const { id, status, resource } of agentOtp.listPermissions()) {
      if (status !== 'pending') continue;
      if (resource === 'email:ann@example.org') agentOtp.approve(id);
      else agentOtp.deny(id, { reason: 'Too many readers.' });
    }
  });
}

function env() {
  const { apiKey, baseUrl } = emulator.agentOtp;
  return { AGENT_OTP_API_KEY: apiKey, AGENT_OTP_BASE_URL: baseUrl, OPENAI_AGENTS_DISABLE_TRACING: '1' };
}

/** What was asked, by the frameworks' own words. */
function asked() {
  return emulator.emulator.agentOtp
    .listPermissions()
    .map(({ action, resource, status, context }) => ({ action, resource, status, context }))
    .sort((a, b) => String(a.resource).localeCompare(String(b.resource)));
}

describe.skipIf(!installed)('tools that ask a human first', () => {
  it.for(['langchain', 'ai-sdk', 'openai-agents'])(
    '%s: what is approved is done, what is denied is not',
    async (name) => {
      const child = spawn(process.execPath, [`${folder}${name}.mjs`], {
        env: env(),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      try {
        decide(child.stderr);
        const errors = text(child.stderr);
        const ended = new Promise((resolve) => child.once('exit', resolve));
        expect(await text(child.stdout), await errors).toBe(`${sent}\n${refused}\n`);
        expect(await ended).toBe(0);
      } finally {
        child.kill('SIGKILL');
      }
      const email = { action: 'email.send', context: { toolCallId: expect.stringMatching(/^call-[12]$/) } };
      expect(asked()).toEqual([
        { ...email, resource: 'email:ann@example.org', status: 'used' },
        { ...email, resource: 'email:everyone@example.org', status: 'denied' },
      ]);
    },
  );

  it('mcp-server: what is approved is done, what is denied is an error of the tool', async () => {
    const client = new Client({ name: 'host', version: '1.0.0' });
    const server = { command: process.execPath, args: [`${folder}mcp-server.mjs`] };
    const transport = new StdioClientTransport({ ...server, env: env(), stderr: 'pipe' });
    decide(transport.stderr as Readable);
    await client.connect(transport);
    const send = (to: string) => client.callTool({ name: 'send_email', arguments: { to, subject: 'Hello' } });
    try {
      expect(await Promise.all([send('ann@example.org'), send('everyone@example.org')])).toEqual([
        { content: [{ type: 'text', text: sent }] },
        { isError: true, content: [{ type: 'text', text: refused }] },
      ]);
      expect(asked().map(({ status }) => status)).toEqual(['used', 'denied']);
    } finally {
      await client.close();
    }
  });
});
