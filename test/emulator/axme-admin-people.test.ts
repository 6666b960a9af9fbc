import { describe, expect, it } from 'vitest';
import { expectInvalid, expectRefused, type Json, ok, startGateway, time, uuid } from './axme-admin.js';

const gateway = await startGateway();
const { send } = gateway;

const register = (nick: string, more: object = {}) => send('POST', '/v1/users/register-nick', { nick, ...more });

describe('nicks', () => {
  it('are registered normalised', async () => {
    const user = await ok(register(' @Ann.Smith ', { display_name: 'Ann', email: 'ann@test.invalid' }));
    expect(user).toEqual({
      ok: true,
      user_id: uuid,
      owner_agent: `agent://user/${user.user_id}`,
      nick: '@ann.smith',
      public_address: 'ann.smith@ax',
      display_name: 'Ann',
      phone: null,
      email: 'ann@test.invalid',
      created_at: time,
    });
  });

  it('are checked in any spelling', async () => {
    const check = (nick: string) => ok(send('GET', `/v1/users/check-nick?nick=${encodeURIComponent(nick)}`));
    const names = { nick: '@ann', normalized_nick: 'ann', public_address: 'ann@ax' };
    expect(await check('Ann')).toEqual({ ok: true, ...names, available: true });
    await ok(register('@ann'));
    expect(await check('@ANN')).toEqual({ ok: true, ...names, available: false });
  });

  it('are taken once', async () => {
    await ok(register('@ann'));
    await expectRefused(register('ANN'), 409, 'the nick is taken');
    const { owner_agent } = await ok(register('@bob'));
    await expectRefused(send('POST', '/v1/users/rename-nick', { owner_agent, nick: '@Ann' }), 409, 'the nick is taken');
  });

  it('are renamed: the old one is free again', async () => {
    const { owner_agent, user_id } = await ok(register('@ann', { phone: '12345' }));
    expect(await ok(send('POST', '/v1/users/rename-nick', { owner_agent, nick: 'Anna', display_name: 'A' }))).toEqual({
      ok: true,
      user_id,
      owner_agent,
      nick: '@anna',
      public_address: 'anna@ax',
      display_name: 'A',
      phone: '12345',
      email: null,
      renamed_at: time,
    });
    await ok(register('@ann'));
    await ok(send('POST', '/v1/users/rename-nick', { owner_agent, nick: '@anna' }));
  });

  it('are resolved', async () => {
    const { owner_agent } = await ok(register('@ann', { display_name: 'Ann' }));
    const names = { nick: '@ann', normalized_nick: 'ann', public_address: 'ann@ax' };
    expect(await ok(send('GET', '/v1/users/resolve-nick?nick=%40Ann'))).toEqual({
      ok: true,
      resolved: true,
      ...names,
      owner_agent,
      display_name: 'Ann',
      phone: null,
      email: null,
    });
    expect(await ok(send('GET', '/v1/users/resolve-nick?nick=nobody'))).toEqual({
      ok: true,
      resolved: false,
      nick: '@nobody',
      normalized_nick: 'nobody',
      public_address: 'nobody@ax',
    });
  });

  it.each(['ab', '@', 'has space', 'x'.repeat(33)])('%j is none', async (nick) => {
    await expectInvalid(register(nick), 'body', 'nick');
    await expectInvalid(send('GET', `/v1/users/check-nick?nick=${encodeURIComponent(nick)}`), 'query', 'nick');
  });
});

describe('profiles', () => {
  it('are read and changed, only in what is given', async () => {
    const { user_id, owner_agent } = await ok(register('@ann', { display_name: 'Ann', phone: '12345' }));
    const profile = {
      ok: true,
      user_id,
      owner_agent,
      nick: '@ann',
      normalized_nick: 'ann',
      public_address: 'ann@ax',
      display_name: 'Ann',
      phone: '12345',
      email: null,
      updated_at: time,
    };
    const at = `/v1/users/profile?owner_agent=${encodeURIComponent(owner_agent)}`;
    expect(await ok(send('GET', at))).toEqual(profile);
    const changed = await ok(send('POST', '/v1/users/profile/update', { owner_agent, email: 'a@b.c', phone: null }));
    expect(changed).toEqual({ ...profile, email: 'a@b.c' });
    expect(await ok(send('GET', at))).toEqual(changed);
    const renamed = await ok(send('POST', '/v1/users/profile/update', { owner_agent, nick: '@Anna' }));
    expect(renamed).toMatchObject({ normalized_nick: 'anna', email: 'a@b.c' });
  });

  it('refuse what is wrong', async () => {
    const owner_agent = 'agent://user/nobody';
    await expectRefused(send('GET', `/v1/users/profile?owner_agent=${owner_agent}`), 404, 'user not found');
    await expectRefused(send('POST', '/v1/users/profile/update', { owner_agent }), 404, 'user not found');
    await expectRefused(send('POST', '/v1/users/rename-nick', { owner_agent, nick: '@ann' }), 404, 'user not found');
    const update = { owner_agent, phone: '1' };
    await expectInvalid(send('POST', '/v1/users/profile/update', update), 'body', 'phone');
  });
});

describe('invites', () => {
  const invite = (more: object = {}): Promise<Json> =>
    ok(send('POST', '/v1/invites/create', { owner_agent: 'agent://bob', ...more }));

  it('are created, read and accepted, once', async () => {
    const created = await invite({ recipient_hint: 'ann@test.invalid', ttl_seconds: 60 });
    const { token, created_at, expires_at } = created;
    expect(created).toEqual({
      ok: true,
      token: expect.stringMatching(/^.{12,64}$/),
      invite_url: `${gateway.base}/v1/invites/${token}`,
      owner_agent: 'agent://bob',
      recipient_hint: 'ann@test.invalid',
      status: 'pending',
      created_at: time,
      expires_at: time,
    });
    expect(Date.parse(expires_at) - Date.parse(created_at)).toBe(60_000);
    const { invite_url: _, ...seen } = created;
    const nobody = { accepted_at: null, accepted_owner_agent: null, nick: null, public_address: null };
    expect(await ok(send('GET', `/v1/invites/${token}`))).toEqual({ ...seen, ...nobody });

    const accepted = await ok(send('POST', `/v1/invites/${token}/accept`, { nick: '@Ann', display_name: 'Ann' }));
    expect(accepted).toEqual({
      ok: true,
      token,
      status: 'accepted',
      invite_owner_agent: 'agent://bob',
      user_id: uuid,
      owner_agent: `agent://user/${accepted.user_id}`,
      nick: '@ann',
      public_address: 'ann@ax',
      display_name: 'Ann',
      accepted_at: time,
      registry_bind_status: 'propagated',
    });
    expect(await ok(send('GET', `/v1/invites/${token}`))).toEqual({
      ...seen,
      status: 'accepted',
      accepted_at: accepted.accepted_at,
      accepted_owner_agent: accepted.owner_agent,
      nick: '@ann',
      public_address: 'ann@ax',
    });
    const again = send('POST', `/v1/invites/${token}/accept`, { nick: '@anna' });
    await expectRefused(again, 409, 'the invite is accepted');
    await expectRefused(register('@ann'), 409, 'the nick is taken');
  });

  it('expire by the clock', async () => {
    const { token } = await invite({ ttl_seconds: 60 });
    gateway.started.emulator.clock.advance(60_000);
    expect(await ok(send('GET', `/v1/invites/${token}`))).toMatchObject({ status: 'expired' });
    const late = send('POST', `/v1/invites/${token}/accept`, { nick: '@ann' });
    await expectRefused(late, 409, 'the invite is expired');
    expect(await ok(send('GET', '/v1/users/check-nick?nick=ann'))).toMatchObject({ available: true });
  });

  it('take a nick that somebody has as that person, so that the public suite runs twice; in strict mode not', async () => {
    const first = await invite();
    const { owner_agent } = await ok(send('POST', `/v1/invites/${first.token}/accept`, { nick: '@ann' }));
    const second = await invite();
    const accepted = await ok(send('POST', `/v1/invites/${second.token}/accept`, { nick: '@ANN' }));
    expect(accepted).toMatchObject({ owner_agent, registry_bind_status: 'skipped_no_hint' });
    gateway.started.emulator.axme.strict = true;
    const third = await invite();
    await expectRefused(send('POST', `/v1/invites/${third.token}/accept`, { nick: '@ann' }), 409, 'the nick is taken');
    expect(await ok(send('GET', `/v1/invites/${third.token}`))).toMatchObject({ status: 'pending' });
  });

  it('refuse what is wrong', async () => {
    const owner_agent = 'agent://bob';
    await expectInvalid(send('POST', '/v1/invites/create', { owner_agent, ttl_seconds: 59 }), 'body', 'ttl_seconds');
    const { token } = await invite();
    await expectInvalid(send('POST', `/v1/invites/${token}/accept`, { nick: '!' }), 'body', 'nick');
    await expectRefused(send('GET', '/v1/invites/nobody'), 404, 'invite not found');
  });
});
