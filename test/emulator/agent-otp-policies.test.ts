import { describe, expect, it } from 'vitest';
import { ask, asOwner, call, DIALECTS, frozen, type Json, type Prefix, status } from './agent-otp-helpers.js';

type Emulator = ReturnType<typeof frozen>;

const policy = (emulator: Emulator, fields: Json, prefix: Prefix = '/api/v1') =>
  asOwner(emulator, 'POST', `${prefix}/policies`, { name: 'p', conditions: {}, action: 'deny', ...fields });

/** What becomes of the wish: `denied` if a policy with these conditions fits, else `pending`. */
async function fits(conditions: Json, wish: Json): Promise<boolean> {
  const emulator = frozen();
  expect((await policy(emulator, { conditions })).status).toBe(201);
  return (await ask(emulator, wish)).data['status'] === 'denied';
}

describe('operators', () => {
  const wish = {
    action: 'file.read',
    resource: 'file:/tmp/a',
    scope: { n: 5, text: 'hello', flag: true, nothing: null, deep: { er: [10, { x: 'y' }] } },
    context: { a: 'b' },
  };
  const table: [Json, boolean][] = [
    [{}, true],
    [{ action: {} }, true],
    [{ action: { equals: 'file.read' } }, true],
    [{ action: { equals: 'file.write' } }, false],
    [{ 'scope.n': { equals: '5' } }, false],
    [{ 'scope.n': { notEquals: 6 } }, true],
    [{ 'scope.n': { notEquals: 5 } }, false],
    [{ 'scope.absent': { notEquals: 5 } }, true],
    [{ 'scope.n': { lessThan: 6 } }, true],
    [{ 'scope.n': { lessThan: 5 } }, false],
    [{ 'scope.text': { lessThan: 6 } }, false],
    [{ 'scope.absent': { lessThan: 6 } }, false],
    [{ 'scope.n': { greaterThan: 4 } }, true],
    [{ 'scope.n': { greaterThan: 5 } }, false],
    [{ 'scope.n': { lessThanOrEqual: 5 } }, true],
    [{ 'scope.n': { lessThanOrEqual: 4 } }, false],
    [{ 'scope.n': { greaterThanOrEqual: 5 } }, true],
    [{ 'scope.n': { greaterThanOrEqual: 6 } }, false],
    [{ 'scope.n': { greaterThan: 1, lessThan: 5 } }, false],
    [{ action: { startsWith: 'file.' } }, true],
    [{ action: { startsWith: 'bank.' } }, false],
    [{ 'scope.n': { startsWith: '5' } }, false],
    [{ resource: { endsWith: '/a' } }, true],
    [{ resource: { endsWith: '/b' } }, false],
    [{ 'scope.text': { contains: 'ell' } }, true],
    [{ 'scope.text': { contains: 'elk' } }, false],
    [{ 'scope.deep.er': { contains: '10' } }, false],
    [{ 'scope.text': { matches: 'l+' } }, true],
    [{ 'scope.text': { matches: '^l' } }, false],
    [{ 'scope.text': { matches: '(' } }, false],
    [{ action: { in: ['a', 'file.read'] } }, true],
    [{ action: { in: ['a'] } }, false],
    [{ 'scope.absent': { in: [1] } }, false],
    [{ action: { notIn: ['a'] } }, true],
    [{ action: { notIn: ['file.read'] } }, false],
    [{ 'scope.absent': { notIn: [1] } }, true],
    [{ 'scope.flag': { exists: true } }, true],
    [{ 'scope.nothing': { exists: true } }, false],
    [{ 'scope.nothing': { exists: false } }, true],
    [{ 'scope.absent': { exists: false } }, true],
    [{ 'scope.nothing': { equals: null } }, true],
    [{ 'scope.deep.er.1.x': { equals: 'y' } }, true],
    [{ 'scope.toString': { exists: true } }, false],
    [{ 'scope.text.length': { equals: 5 } }, false],
    [{ 'context.a': { equals: 'b' }, action: { equals: 'no' } }, false],
    [{ 'context.a': { equals: 'b' }, action: { equals: 'file.read' } }, true],
  ];
  it.each(table)('%j: %s', async (conditions, expected) => {
    expect(await fits(conditions, wish)).toBe(expected);
  });

  const wrong: [unknown][] = [
    [{ action: { starts_with: 'a' } }],
    [{ action: { startsWiht: 'a' } }],
    [{ action: { constructor: 'a' } }],
    [{ action: { lessThan: '5' } }],
    [{ action: { in: 'a' } }],
    [{ action: { exists: 'yes' } }],
    [{ action: 'file.read' }],
    [[]],
  ];
  it.each(wrong)('%j is refused', async (conditions) => {
    const refused = await policy(frozen(), { conditions });
    expect(refused.status).toBe(400);
    expect(refused.body['error']).toMatchObject({
      name: 'ZodError',
      issues: [{ path: expect.arrayContaining(['conditions']) }],
    });
  });

  it('that do not exist are dropped with strictCompat, so that anything matches', async () => {
    const emulator = frozen({ agentOtp: { strictCompat: true } });
    const conditions = { action: { starts_with: 'file.' } };
    const { data } = await policy(emulator, { conditions, action: 'auto_approve' });
    expect(data['conditions']).toEqual({ action: {} });
    expect((await ask(emulator, { action: 'bank.transfer' })).data['status']).toBe('approved');
  });

  it('may be in snake_case in the documented dialect, and mean the same', async () => {
    const emulator = frozen();
    const made = await policy(emulator, { conditions: { action: { starts_with: 'file.' } } }, '/v1');
    expect(made).toMatchObject({ status: 201, data: { conditions: { action: { startsWith: 'file.' } } } });
    expect((await ask(emulator, { action: 'bank.transfer' })).data['status']).toBe('pending');
    expect((await ask(emulator, { action: 'file.read' })).data['status']).toBe('denied');
    expect((await policy(emulator, { conditions: { action: { begins_with: 'a' } } }, '/v1')).status).toBe(400);
  });
});

describe('which policy decides', () => {
  it('is the one of highest priority, of equal ones the oldest', async () => {
    const emulator = frozen();
    await policy(emulator, { name: 'low', action: 'auto_approve', priority: 1 });
    expect((await ask(emulator)).data['status']).toBe('approved');
    await policy(emulator, { name: 'high', action: 'deny', priority: 2 });
    await policy(emulator, { name: 'late', action: 'auto_approve', priority: 2 });
    const denied = await ask(emulator);
    expect(denied.data).toMatchObject({ status: 'denied', reason: expect.stringContaining('high') });
    const { data } = await asOwner(emulator, 'GET', '/api/v1/policies');
    expect((data as unknown as Json[]).map(({ name }) => name)).toEqual(['high', 'late', 'low']);
  });

  it('is none that is off, another agent’s or another owner’s', async () => {
    const emulator = frozen();
    const { agentOtp } = emulator;
    const other = agentOtp.addAgent({ name: 'other' });
    const { data } = await policy(emulator, { agentId: other.agentId });
    expect((await ask(emulator)).data['status']).toBe('pending');
    expect((await ask(emulator, {}, { key: other.apiKey })).data['status']).toBe('denied');
    await asOwner(emulator, 'PATCH', `/api/v1/policies/${data['id']}`, { isActive: false });
    expect((await ask(emulator, {}, { key: other.apiKey })).data['status']).toBe('pending');
    const stranger = agentOtp.addOwner();
    const body = { name: 'p', conditions: {}, action: 'deny' };
    await call(emulator, 'POST', '/api/v1/policies', { key: null, owner: stranger.ownerId, body });
    expect((await ask(emulator)).data['status']).toBe('pending');
  });

  it('that asks for approval leaves it pending, and says so', async () => {
    const emulator = frozen();
    await policy(emulator, { name: 'ask me', action: 'require_approval' });
    const { id } = await ask(emulator);
    const { data } = await status(emulator, id);
    expect(data).toMatchObject({ status: 'pending', decisionReason: expect.stringContaining('ask me') });
    expect(data).not.toHaveProperty('reason');
  });

  it('grants the scope with its template over it', async () => {
    const emulator = frozen();
    const scopeTemplate = { max: 5, deep: { b: 2, list: [1] }, more: true };
    await policy(emulator, { action: 'auto_approve', scopeTemplate });
    const { data, id } = await ask(emulator, { scope: { max: 1, deep: { a: 1, list: [7, 8] }, own: 1 } });
    const scope = { max: 5, deep: { a: 1, b: 2, list: [1] }, more: true, own: 1 };
    expect(data['scope']).toEqual(scope);
    expect((await status(emulator, id)).data['scope']).toEqual(scope);
  });

  it('keeps keys that mean something to JavaScript as they are', async () => {
    const emulator = frozen();
    const template = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"a":1}}');
    await policy(emulator, { action: 'auto_approve', scopeTemplate: template });
    const wish = '{"action":"a","scope":{"__proto__":{"x":1}}}';
    const { data } = await call(emulator, 'POST', '/api/v1/permissions/request', { body: wish });
    expect(JSON.stringify(data['scope'])).toBe('{"__proto__":{"x":1,"polluted":1},"constructor":{"a":1}}');
    expect(({} as Json)['polluted']).toBeUndefined();
  });
});

describe('policies of an owner', () => {
  it.each(DIALECTS)('are made, read, changed by PATCH and PUT, and deleted under %s', async (prefix) => {
    const emulator = frozen();
    const { agentId } = emulator.agentOtp.listAgents()[0]!;
    const made = await policy(
      emulator,
      { agent_id: agentId, description: 'd', priority: 3, scope_template: { a: 1 } },
      prefix,
    );
    const fields = {
      id: made.data['id'],
      agentId,
      name: 'p',
      description: 'd',
      priority: 3,
      conditions: {},
      action: 'deny',
      scopeTemplate: { a: 1 },
      isActive: true,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    };
    expect(made).toMatchObject({ status: 201, data: fields });
    const path = `${prefix}/policies/${made.data['id']}`;
    const named = { ...fields, agentName: 'Emulated agent' };
    expect((await asOwner(emulator, 'GET', path)).data).toMatchObject(named);
    const changed = await asOwner(emulator, 'PATCH', path, {
      name: 'q',
      scopeTemplate: null,
      conditions: { action: { equals: 'a' } },
    });
    expect(changed.data).toMatchObject({
      name: 'q',
      scopeTemplate: null,
      conditions: { action: { equals: 'a' } },
      priority: 3,
    });
    expect((await asOwner(emulator, 'PUT', path, { priority: 9 })).data).toMatchObject({ priority: 9, name: 'q' });
    expect((await asOwner(emulator, 'PATCH', path, { conditions: { action: { nope: 1 } } })).status).toBe(400);
    // The real server cannot delete one that has matched.
    await ask(emulator, { action: 'a' });
    expect((await asOwner(emulator, 'DELETE', path)).data).toEqual({ deleted: true });
    for (const method of ['GET', 'PATCH', 'DELETE']) expect((await asOwner(emulator, method, path)).status).toBe(404);
    const listed = await asOwner(emulator, 'GET', `${prefix}/policies`);
    expect(listed.body['data']).toEqual([]);
  });

  it('are not another owner’s, nor for its agents', async () => {
    const emulator = frozen();
    const { data } = await policy(emulator, {});
    const { ownerId: owner } = emulator.agentOtp.addOwner();
    for (const method of ['GET', 'PATCH', 'PUT', 'DELETE']) {
      const body = method === 'GET' ? undefined : {};
      expect((await call(emulator, method, `/api/v1/policies/${data['id']}`, { key: null, owner, body })).status).toBe(
        404,
      );
    }
    const body = { name: 'p', conditions: {}, action: 'deny', agentId: emulator.agentOtp.listAgents()[0]!.agentId };
    const refused = await call(emulator, 'POST', '/api/v1/policies', { key: null, owner, body });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'VALIDATION_ERROR' } } });
  });

  it('need an owner: an agent’s key is none', async () => {
    for (const prefix of DIALECTS) {
      expect(await call(frozen(), 'GET', `${prefix}/policies`)).toMatchObject({
        status: 401,
        body: { code: 'UNAUTHORIZED' },
      });
    }
  });

  it('drop snake_case fields with strictCompat, so that one for an agent is for all', async () => {
    const emulator = frozen({ agentOtp: { strictCompat: true } });
    const { agentId } = emulator.agentOtp.addAgent();
    expect((await policy(emulator, { agent_id: agentId })).data['agentId']).toBeNull();
    expect((await policy(emulator, { agent_id: agentId }, '/v1')).data['agentId']).toBe(agentId);
  });
});
