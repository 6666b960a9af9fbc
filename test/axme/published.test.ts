import { expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../../src/emulator/node/index.js';
import { runProgram } from './program.js';

it('a program of the published client runs with another import, and ends by itself', async () => {
  const { emulator, axme, close } = await startEmulator();
  onTestFinished(close);
  const { apiKey } = emulator.axme.addAgent({ address: 'agent://acme/shop/clerk' });
  const { lines, code } = await runProgram('published.program.ts', [axme.baseUrl, apiKey, 'axme_sa_nobody_0123456789']);
  expect(lines).toEqual([
    'health: true',
    'replayed: true',
    'other: ["AxmeValidationError",409,true,"string"]',
    'sent: "string"',
    'intent: true',
    'delivery: [true,1]',
    'observed: ["intent.created","intent.submitted","intent.delivered","intent.completed"]',
    'waited: "COMPLETED"',
    'events: 3',
    'inbox: [true]',
    'approval: true',
    'messages: 1',
    'tool: ["axme.check_nick","response tools/call"]',
    'mesh: true',
    'not found: ["AxmeHttpError",404,true,"string"]',
    'stranger: ["AxmeAuthError",401,true,"string"]',
    'invalid: ["AxmeValidationError",422,true,"string"]',
    'own fetch: true',
  ]);
  expect(code).toBe(0);
});
