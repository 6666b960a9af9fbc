import { describe, expect, it } from 'vitest';
import { createEmulator, type JsonEdits } from '../../src/emulator/index.js';
import { answerOf, get, ORIGIN } from './helpers.js';

describe('a rewrite in JSON', () => {
  const rewritten = async (rewrite: JsonEdits) => {
    const emulator = createEmulator();
    const added = await emulator.fetch(`${ORIGIN}/__emulator/faults`, {
      method: 'POST',
      body: JSON.stringify({ path: '*', rewrite }),
    });
    expect(added.status).toBe(201);
    return answerOf(get(emulator, '/core/agents/me/profile', { 'X-Agent-Token': emulator.lime.agentToken }));
  };

  it('sets and removes', async () => {
    const remove = ['/data/owner_id', '/data/nothing/at/all'];
    const { status, body } = await rewritten({ set: { '/data/agent_id': 7, '/more/a~1b~0c': [1] }, remove });
    expect(status).toBe(200);
    expect(body).toMatchObject({ ok: true, data: { agent_id: 7, avatar_url: null }, more: { 'a/b~c': [1] } });
    expect((body as { data: object }).data).not.toHaveProperty('owner_id');
    expect((body as { data: object }).data).not.toHaveProperty('nothing');
  });

  it('replaces the whole, and what is no object on the way', async () => {
    expect((await rewritten({ set: { '': [1, 2] } })).body).toEqual([1, 2]);
    expect((await rewritten({ set: { '/ok/deep': null } })).body).toMatchObject({ ok: { deep: null } });
    expect((await rewritten({})).body).toMatchObject({ ok: true });
  });

  it('knows lists', async () => {
    const emulator = createEmulator();
    emulator.faults.add({
      path: '*/jwks.json',
      rewrite: { remove: ['/data/keys/0', '/data/keys/9'], set: { '/keys/0/kid': 'x' } },
    });
    const { body } = await answerOf(get(emulator, '/core/.well-known/jwks.json'));
    expect(body).toMatchObject({ keys: [{ kid: 'x', kty: 'RSA' }], data: { keys: [] } });
  });
});
