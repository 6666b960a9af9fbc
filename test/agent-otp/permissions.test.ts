import { describe, expect, it } from 'vitest';
import {
  InvalidTokenError,
  NotFoundError,
  PERMISSION_STATUS,
  PermissionDeniedError,
  PermissionStatus,
  TokenRevokedError,
  TokenUsedError,
} from '../../src/agent-otp/index.js';
import { failure } from '../http/clients.js';
import { DIALECTS, scene } from './helpers.js';

const MAIL = {
  action: 'email.send',
  resource: 'email:ada@example.com',
  scope: { max_emails: 1 },
  context: { why: 'x' },
};

describe.each(DIALECTS)('%s', (dialect) => {
  it('a policy approves at once: the token is there, and hidden', async () => {
    const { client } = scene({ dialect });
    await client.createPolicy({
      name: 'mail',
      action: 'auto_approve',
      conditions: { action: { starts_with: 'email.' } },
    });
    const permission = await client.requestPermission(MAIL);
    expect(permission.status).toBe(PermissionStatus.APPROVED);
    expect(permission.scope).toEqual({ max_emails: 1 });
    expect(permission.token).toMatch(/^otp_/);
    expect(permission.expiresAt).toBeInstanceOf(Date);
    expect(JSON.stringify(permission)).not.toContain('otp_');
    expect(Object.isFrozen(permission)).toBe(true);
  });

  it('a policy denies: a result with its reason, or an error where that was asked for', async () => {
    const { client } = scene({ dialect });
    await client.createPolicy({ name: 'never', action: 'deny', conditions: { action: { equals: 'email.send' } } });
    const permission = await client.requestPermission({ ...MAIL, waitForApproval: true });
    expect(permission).toMatchObject({ status: 'denied', reason: expect.stringContaining('never') });
    const error = await failure(client.requestPermission({ ...MAIL, throwOnDenied: true }));
    expect(error).toBeInstanceOf(PermissionDeniedError);
    expect(error).toMatchObject({ code: 'PERMISSION_DENIED', reason: permission.reason });
  });

  it('without waiting it is pending, and the status tells the same', async () => {
    const { client } = scene({ dialect });
    const permission = await client.requestPermission(MAIL);
    expect(permission).toMatchObject({ status: 'pending', approvalUrl: expect.stringMatching(/^http/) });
    expect(permission.webhookUrl).toMatch(/^ws:/);
    const [read, same] = await Promise.all([
      client.getPermission(permission.id),
      client.getPermissionStatus(permission.id),
    ]);
    expect(read).toMatchObject({ ...MAIL, id: permission.id, status: 'pending' });
    expect(read.createdAt).toBeInstanceOf(Date);
    expect(same).toEqual(read);
    expect('decisionReason' in read).toBe(false);
  });

  it('a token is checked, spent once, and refused from then on', async () => {
    const { client } = scene({ dialect });
    const { id } = await client.requestPermission(MAIL);
    const { token } = await client.decidePermission(id, { approved: true, scopeModifications: { max_emails: 2 } });
    expect(await client.verifyToken(id, token!)).toMatchObject({
      valid: true,
      scope: { max_emails: 2 },
      usesRemaining: 1,
    });
    expect(await client.useToken(id, token!, { actionDetails: { to: 'ada' } })).toMatchObject({
      success: true,
      usesRemaining: 0,
    });
    const again = await client.useToken(id, token!);
    expect(again).toMatchObject({ success: false, usesRemaining: 0 });
    expect(again.reason).toMatch(/consumed|used/i);
    expect(await client.verifyToken(id, token!)).toMatchObject({ valid: false, reason: again.reason });
    expect(await failure(client.useToken(id, token!, { strict: true }))).toBeInstanceOf(TokenUsedError);
    expect(await failure(client.useToken(id, 'otp_none', { strict: true }))).toBeInstanceOf(InvalidTokenError);
    expect(await client.getPermission(id)).toMatchObject({ status: 'used' });
  });

  it('a revoked token is good no more', async () => {
    const { client } = scene({ dialect });
    const { id } = await client.requestPermission(MAIL);
    const { token } = await client.decidePermission(id, { approved: true });
    expect(await client.revokeToken(id, token!, { reason: 'changed my mind' })).toMatchObject({ success: true });
    expect(await failure(client.useToken(id, token!, { strict: true }))).toBeInstanceOf(TokenRevokedError);
  });

  it('64 uses of one token at once: exactly one succeeds', async () => {
    const { client } = scene({ dialect });
    const { id } = await client.requestPermission(MAIL);
    const { token } = await client.decidePermission(id, { approved: true });
    const uses = await Promise.all(Array.from({ length: 64 }, () => client.useToken(id, token!)));
    expect(uses.filter(({ success }) => success)).toHaveLength(1);
  });

  it('an unknown permission is not found', async () => {
    const { client } = scene({ dialect });
    expect(await failure(client.getPermission('00000000-0000-4000-8000-000000000000'))).toBeInstanceOf(NotFoundError);
  });
});

it('servers that answer 410 for a token say the same as those that answer 200', async () => {
  const { client } = scene({ dialect: 'documented' }, { tokenProblems: 'gone' });
  const { id } = await client.requestPermission(MAIL);
  const { token } = await client.decidePermission(id, { approved: true });
  await client.useToken(id, token!);
  expect(await client.useToken(id, token!)).toMatchObject({
    success: false,
    usesRemaining: 0,
    reason: expect.any(String),
  });
  expect(await client.verifyToken(id, token!)).toMatchObject({ valid: false, reason: expect.any(String) });
  expect(await failure(client.useToken(id, token!, { strict: true }))).toMatchObject({ code: 'TOKEN_USED' });
});

it('where X-User-ID is not trusted, the owner’s secret decides', async () => {
  const { client, another, emulator } = scene({}, { trustUserId: false });
  const { id } = await client.requestPermission(MAIL);
  expect(await failure(client.decidePermission(id, { approved: true }))).toMatchObject({ status: 403 });
  const owner = another({ ownerToken: emulator.agentOtp.ownerSecret });
  expect(await owner.decidePermission(id, { approved: true })).toMatchObject({ status: 'approved' });
  expect((await owner.listAgents()).data).toHaveLength(1);
});

describe('executeWithPermission', () => {
  it('spends the token before it acts', async () => {
    const { client, until, emulator } = scene();
    const acting = client.executeWithPermission(
      { ...MAIL, onPendingApproval: ({ permissionId }) => void emulator.agentOtp.approve(permissionId) },
      async (token, scope, { id }) => ({ scope, use: await client.verifyToken(id, token) }),
    );
    expect(await until(acting)).toMatchObject({ scope: { max_emails: 1 }, use: { valid: false } });
  });

  it('or after it has acted, and not at all when that failed', async () => {
    const { client, until, emulator } = scene();
    const ids: string[] = [];
    const options = {
      ...MAIL,
      consume: 'after',
      onPendingApproval: ({ permissionId }: { permissionId: string }) => {
        ids.push(permissionId);
        emulator.agentOtp.approve(permissionId);
      },
    } as const;
    const acting = client.executeWithPermission(options, (token, _, { id }) => client.verifyToken(id, token));
    expect(await until(acting)).toMatchObject({ valid: true });
    const broken = client.executeWithPermission(options, () => Promise.reject(new Error('broken')));
    expect(await failure(until(broken))).toThrow;
    const states = await Promise.all(ids.map((id) => client.getPermission(id)));
    expect(states.map(({ status }) => status)).toEqual(['used', 'approved']);
  });

  it('does nothing without permission', async () => {
    const { client, until, emulator } = scene();
    let acted = false;
    const onPendingApproval = ({ permissionId }: { permissionId: string }) =>
      void emulator.agentOtp.deny(permissionId, { reason: 'not today' });
    const acting = client.executeWithPermission({ ...MAIL, onPendingApproval }, () => {
      acted = true;
    });
    expect(await failure(until(acting))).toMatchObject({ code: 'PERMISSION_DENIED', reason: 'not today' });
    expect(acted).toBe(false);
  });

  it('a token that somebody else has spent is an error before it acts', async () => {
    const { client, until, emulator, another } = scene();
    const other = another();
    const acting = client.executeWithPermission(
      {
        ...MAIL,
        async onPendingApproval({ permissionId: id }) {
          emulator.agentOtp.approve(id);
          const { token } = await other.getPermission(id);
          await other.useToken(id, token!);
        },
      },
      () => 'acted',
    );
    expect(await failure(until(acting))).toBeInstanceOf(TokenUsedError);
  });
});

it('the constants are as users know them', () => {
  expect(PermissionStatus.APPROVED === 'approved').toBe(true);
  expect(PERMISSION_STATUS).toBe(PermissionStatus);
});

it.each(['answer', 'gone'] as const)(
  'to revoke twice, since the first answer was lost, is to revoke once; where problems are told by %s',
  async (tokenProblems) => {
    const { client, emulator, until } = scene({ dialect: 'documented' }, { tokenProblems });
    const decided = async () => {
      const { id } = await client.requestPermission(MAIL);
      return client.decidePermission(id, { approved: true });
    };
    const [lost, used] = [await decided(), await decided()];
    await client.useToken(used.id, used.token!);
    emulator.faults.add({ path: '/agent-otp/v1/permissions/*', lose: 'after', times: 1 });
    expect(await until(client.revokeToken(lost.id, lost.token!))).toMatchObject({ success: true });
    expect(await client.revokeToken(used.id, used.token!)).toMatchObject({
      success: false,
      reason: expect.stringMatching(/consumed|used/i),
    });
  },
);
