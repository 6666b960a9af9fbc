// What AXME's public page says and its service does not know (AXME contract §9.1): a row each, translated or refused.
import { describe, expect, it } from 'vitest';
import { AxmeClient, type AxmeInputError } from '../../src/axme/index.js';
import { failure } from '../http/clients.js';
import { json } from '../http/servers.js';
import { API_KEY, call, REPLY, scene } from './helpers.js';

const INTENT = { intent_type: 'orders.place.v1', to_agent: 'agent://acme/ops/bob', payload: {} };

describe('refused before anything is sent, with the name to use', () => {
  const rows: readonly (readonly [string, string, readonly unknown[], string])[] = [
    ['body has owner_agent', 'createIntent', [{ ...INTENT, owner_agent: 'agent://acme/ops/bob' }], 'to_agent'],
    ['body has owner_agent', 'sendIntent', [{ ...INTENT, owner_agent: 'agent://acme/ops/bob' }], 'to_agent'],
    ['approve with a note', 'approveInboxThread', ['t', { note: 'fine' }], 'comment'],
    ['reject with a note', 'rejectInboxThread', ['t', { note: 'no' }], 'comment'],
    ['controls in the body', 'updateIntentControls', ['i', { controls: { timeout_seconds: 1 } }], 'controls_patch'],
    ...['resolveIntent', 'cancelIntent', 'resumeIntent', 'updateIntentControls', 'updateIntentPolicy'].flatMap(
      (method) => {
        const body = { status: 'COMPLETED', result: {}, reason: 'late' };
        const field = 'expected_policy_generation';
        return [
          ['policy_generation in the body', method, ['i', { ...body, policy_generation: undefined }], field],
          ['policy_generation as an argument', method, ['i', body, { policy_generation: 1 }], field],
          ['policyGeneration as an argument', method, ['i', body, { policyGeneration: 1 }], field],
          // It would be left out of the JSON, and nothing compared.
          [
            'the generation that no reply has',
            method,
            ['i', { ...body, expected_policy_generation: undefined }],
            field,
          ],
          ['a generation that is none', method, ['i', { ...body, expected_policy_generation: -1 }], field],
        ] as const;
      },
    ),
    ['the state PENDING', 'resolveIntent', ['i', { status: 'PENDING' }], 'status'],
    ['the state RESOLVED', 'resolveIntent', ['i', { status: 'RESOLVED' }], 'status'],
    ['the state CANCELLED', 'resolveIntent', ['i', { status: 'CANCELLED' }], 'status'],
    ['the state EXPIRED', 'resolveIntent', ['i', { status: 'EXPIRED' }], 'status'],
    ['the decision approved', 'decideApproval', ['a', 'approved'], 'decision'],
    ['the decision rejected', 'decideApproval', ['a', 'rejected'], 'decision'],
    ['a reason of a decision', 'decideApproval', ['a', 'approve', { reason: 'fine' }], 'comment'],
    ['an option as Python writes it', 'createIntent', [INTENT, { idempotency_key: 'k' }], 'idempotencyKey'],
    ['an option as Python writes it', 'listInbox', [{ owner_agent: 'agent://b' }], 'ownerAgent'],
    ['an option as Python writes it', 'waitFor', ['i', { wait_seconds: 5 }], 'waitSeconds'],
    ['seconds, as Python has them', 'waitFor', ['i', { timeout_seconds: 5 }], 'timeoutMs'],
    ['seconds, as Python has them', 'waitFor', ['i', { poll_interval_seconds: 5 }], 'pollIntervalMs'],
    ['wait_for(…, terminal_states=…)', 'waitFor', ['i', { terminal_states: ['FAILED'] }], 'states'],
    ['wait_for(…, terminal_states=…)', 'waitFor', ['i', { terminalStates: ['FAILED'] }], 'states'],
    ...['PENDING', 'RESOLVED', 'CANCELLED', 'EXPIRED'].map(
      (state) => ['a state to wait for', 'waitFor', ['i', { states: ['FAILED', state] }], 'states'] as const,
    ),
  ];

  it.each(rows)('%s: %s %j', async (_, method, args, field) => {
    const { client, recorded } = await scene();
    const error = (await failure(call(client, method, args))) as AxmeInputError;
    expect(error).toMatchObject({ name: 'AxmeInputError', field });
    expect(error.message).toContain(field);
    expect(recorded).toEqual([]);
  });

  it.each([
    ['PENDING', 'SUBMITTED'],
    ['RESOLVED', 'COMPLETED'],
    ['CANCELLED', 'CANCELED'],
    ['EXPIRED', 'TIMED_OUT'],
  ])('the error for %s names %s', async (given, meant) => {
    const { client } = await scene();
    const error = (await failure(client.resolveIntent('i', { status: given }))) as AxmeInputError;
    expect(error.message).toContain(`use ${meant}`);
  });

  it('the base URL https://gateway.axme.ai, with the one there is', () => {
    expect(() => new AxmeClient({ apiKey: API_KEY, baseUrl: 'https://gateway.axme.ai' })).toThrow(
      'https://api.cloud.axme.ai',
    );
  });
});

describe('translated', () => {
  it('create_intent without correlation_id: the client makes one', async () => {
    const { client, recorded } = await scene();
    await client.createIntent(INTENT);
    expect(recorded[0]!.body).toEqual({ ...INTENT, correlation_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  it('the inbox under items: the same as threads, and not in JSON', async () => {
    const threads = [{ thread_id: 't' }];
    const { client } = await scene({}, json(200, { ok: true, threads }));
    const reply = await client.listInbox();
    expect(reply.items).toBe(reply.threads);
    expect(JSON.parse(JSON.stringify(reply))).toEqual({ ok: true, threads });
  });

  it('Idempotency-Key set automatically: on a create; X-Correlation-Id: if asked for', async () => {
    const { client, recorded } = await scene({ correlationHeader: true });
    await client.createIntent(INTENT);
    expect(recorded[0]!.headers).toMatchObject({
      'idempotency-key': expect.any(String),
      'x-correlation-id': (recorded[0]!.body as { correlation_id: string }).correlation_id,
    });
  });
});

it('what is well spelt is passed on', async () => {
  const { client, recorded } = await scene();
  await client.delegateInboxThread('t', { delegate_to: 'agent://eve', note: 'please' });
  await client.approveInboxThread('t', { comment: 'fine' });
  await client.decideApproval('a', 'approve', { comment: 'fine' });
  await client.resumeIntent('i', { expected_policy_generation: 0 });
  expect(recorded.map(({ body }) => body)).toEqual([
    { delegate_to: 'agent://eve', note: 'please' },
    { comment: 'fine' },
    { decision: 'approve', comment: 'fine' },
    { expected_policy_generation: 0 },
  ]);
  expect(await client.updateIntentControls('i', { controls_patch: { of_tomorrow: 1 } })).toEqual(REPLY);
});
