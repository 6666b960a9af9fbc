import { describe, expect, expectTypeOf, it } from 'vitest';
import { mcpRefusal, PermissionDeniedError, protect, TokenUsedError } from '../../src/agent-otp/index.js';
import { failure } from '../http/clients.js';
import { scene } from './helpers.js';

interface Mail {
  readonly to: string;
}

/** A scene in which somebody decides as soon as they are asked. */
function decided(approve: boolean) {
  const one = scene();
  const onPendingApproval = ({ permissionId }: { permissionId: string }) => {
    if (approve) one.emulator.agentOtp.approve(permissionId);
    else one.emulator.agentOtp.deny(permissionId, { reason: 'spam' });
  };
  return { ...one, onPendingApproval, asked: () => one.emulator.agentOtp.listPermissions() };
}

it('asks for what the arguments say, spends the token and calls the function', async () => {
  const { client, until, asked, onPendingApproval } = decided(true);
  const send = protect(client, {
    action: 'email.send',
    resource: ({ to }: Mail) => `email:${to}`,
    scope: ({ to }) => ({ allowed_recipients: [to] }),
    context: { why: 'test' },
    onPendingApproval,
  })(async ({ to }: Mail, _config?: unknown) => `sent to ${to}; ${asked()[0]!.status}`);
  expectTypeOf(send).parameters.toEqualTypeOf<[Mail, unknown?]>();
  expectTypeOf(send).returns.resolves.toEqualTypeOf<string>();
  expect(await until(send({ to: 'ada' }, { toolCall: { id: 'call_1' } }))).toBe('sent to ada; used');
  expect(asked()[0]).toMatchObject({
    action: 'email.send',
    resource: 'email:ada',
    scope: { allowed_recipients: ['ada'] },
    context: { toolCallId: 'call_1', why: 'test' },
  });
});

describe('without permission', () => {
  it('a sentence for the model, by default', async () => {
    const { client, until, onPendingApproval } = decided(false);
    let called = false;
    const act = protect(client, { action: 'a', onPendingApproval })(() => {
      called = true;
    });
    expect(await until(act(undefined))).toBe('Permission denied: spam. The action was not carried out.');
    expect(called).toBe(false);
  });

  it('an error result for MCP', async () => {
    const { client, until, onPendingApproval } = decided(false);
    const act = protect(client, { action: 'a', onPendingApproval, onDenied: mcpRefusal })(
      async (_args: object, _extra: object) => ({
        content: [{ type: 'text' as const, text: 'done' }],
      }),
    );
    const extra = { signal: new AbortController().signal, requestId: 7, sendNotification() {} };
    expect(await until(act({}, extra))).toEqual({
      isError: true,
      content: [{ type: 'text', text: expect.stringContaining('spam') }],
    });
  });

  it('what onDenied makes of it, or an error', async () => {
    const { client, until, onPendingApproval } = decided(false);
    const own = protect(client, {
      action: 'a',
      onPendingApproval,
      onDenied: ({ reason }, args: { n: number }) => [reason, args.n],
    })(() => 1);
    expect(await until(own({ n: 5 }))).toEqual(['spam', 5]);
    const thrown = protect(client, { action: 'a', onPendingApproval, onDenied: 'throw' })(() => 1);
    expect(await failure(until(thrown(undefined)))).toBeInstanceOf(PermissionDeniedError);
  });
});

it.each<[string, (signal: AbortSignal) => unknown[], string | undefined]>([
  ['LangChain.js', (signal) => [{ to: 'x' }, { signal, toolCall: { id: 'lc', name: 't', args: {} } }], 'lc'],
  ['the AI SDK', (abortSignal) => [{ to: 'x' }, { toolCallId: 'ai', messages: [], abortSignal }], 'ai'],
  [
    'OpenAI Agents',
    (signal) => [{ to: 'x' }, { usage: {} }, { toolCall: { callId: 'oa', id: undefined }, signal }],
    'oa',
  ],
  ['MCP', (signal) => [{ to: 'x' }, { signal, requestId: 7 }], '7'],
  ['MCP without arguments', (signal) => [{ signal, requestId: 8 }], '8'],
])('the signal of %s ends the wait, and its call is in the context', async (_, argsOf, toolCallId) => {
  const one = scene();
  const controller = new AbortController();
  const act = protect(one.client, { action: 'a' })((..._args: unknown[]) => 1) as (
    ...args: unknown[]
  ) => Promise<unknown>;
  const waiting = failure(act(...argsOf(controller.signal)));
  await one.pass(3000);
  controller.abort('enough');
  expect(await waiting).toBe('enough');
  expect(one.emulator.agentOtp.listPermissions()[0]!.context).toEqual(toolCallId === undefined ? {} : { toolCallId });
});

it('what a model says is no signal and no id', async () => {
  const { client, until, onPendingApproval, asked } = decided(true);
  const act = protect(client, { action: 'a', onPendingApproval })(() => 1);
  await until(act({ signal: 'x', requestId: 'mine', toolCallId: 'mine', toolCall: { id: 'mine' } }));
  expect(asked()[0]!.context).toEqual({});
});

it("consume: 'after' spends the token when the function has succeeded", async () => {
  const { client, until, onPendingApproval, asked } = decided(true);
  const act = protect(client, { action: 'a', onPendingApproval, consume: 'after' })(() => asked()[0]!.status);
  expect(await until(act(undefined))).toBe('approved');
  expect(asked()[0]!.status).toBe('used');
  expect(() => protect(client, { action: 'a', consume: 'never' as never })).toThrow(/consume/);
});

it('one that is used already is no permission', async () => {
  const one = scene();
  const other = one.another();
  const act = protect(one.client, {
    action: 'a',
    onDenied: 'throw',
    async onPendingApproval({ permissionId: id }) {
      one.emulator.agentOtp.approve(id);
      await other.useToken(id, (await other.getPermission(id)).token!);
    },
  })(() => 1);
  expect(await failure(one.until(act(undefined)))).toBeInstanceOf(TokenUsedError);
});
