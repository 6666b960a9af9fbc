import { expect, test } from 'vitest';
import { Gateway } from './axme-client.js';
import { until } from './event-client.js';

async function open(gateway: Gateway, given: object = {}): Promise<string> {
  const { body } = await gateway.post('/v1/sessions', given);
  return body.session_id;
}

test('are made, read and listed', async () => {
  const gateway = new Gateway();
  const { body } = await gateway.post('/v1/sessions', { type: 'chat', metadata: { a: 1 } });
  expect(body).toEqual({
    ok: true,
    session_id: expect.stringMatching(/^sess-/),
    status: 'ACTIVE',
    type: 'chat',
    created_at: expect.stringMatching(/Z$/),
  });
  const child = await open(gateway, { parent_session_id: body.session_id, depends_on: [body.session_id] });
  const read = await gateway.get(`/v1/sessions/${child}`);
  expect(read.body.session).toMatchObject({ session_id: child, parent_session_id: body.session_id, status: 'ACTIVE' });
  await gateway.post(`/v1/sessions/${body.session_id}/complete`, {});
  const list = async (query: string) =>
    (await gateway.get(`/v1/sessions?${query}`)).body.sessions.map(
      ({ session_id }: { session_id: string }) => session_id,
    );
  expect(await list('status=completed')).toEqual([body.session_id]);
  expect(await list(`parent_session_id=${body.session_id}`)).toEqual([child]);
  expect(await list('limit=1')).toEqual([body.session_id]);
  expect((await gateway.get('/v1/sessions/no')).status).toBe(404);
});

test('have messages with numbers that rise, a feed, and an end', async () => {
  const gateway = new Gateway();
  const id = await open(gateway);
  const said = await gateway.post(`/v1/sessions/${id}/messages`, { role: 'user', content: 'hello' });
  expect(said.body).toEqual({ ok: true, message_id: expect.any(String), seq: 2 });
  const parts = { role: 'agent', content: [{ text: 'hi' }], content_type: 'parts' };
  expect((await gateway.post(`/v1/sessions/${id}/messages`, parts)).body.seq).toBe(3);
  const messages = await gateway.get(`/v1/sessions/${id}/messages?since=2`);
  expect(messages.body.messages).toMatchObject([{ seq: 3, ...parts }]);
  expect(messages.body.messages[0]).not.toHaveProperty('type');
  const ended = await gateway.post(`/v1/sessions/${id}/complete`, { result: { good: true } });
  expect(ended.body).toEqual({ ok: true, session_id: id, status: 'COMPLETED' });
  expect((await gateway.post(`/v1/sessions/${id}/complete`, {})).status).toBe(409);
  expect((await gateway.post(`/v1/sessions/${id}/messages`, parts)).status).toBe(409);
  const { body } = await gateway.get(`/v1/sessions/${id}/feed?limit=10`);
  expect(body.feed.map(({ type, seq }: { type: string; seq: number }) => [seq, type])).toEqual([
    [1, 'session.created'],
    [2, 'session.message'],
    [3, 'session.message'],
    [4, 'session.completed'],
  ]);
  expect((await gateway.get(`/v1/sessions/${id}`)).body.session.result).toEqual({ good: true });
});

test('have a stream that ends with them', async () => {
  const gateway = new Gateway();
  const id = await open(gateway);
  const listening = gateway.frames(`/v1/sessions/${id}/feed/stream?since=1&wait_seconds=60`);
  await until(() => gateway.emulator.axme.openStreams === 1);
  await gateway.post(`/v1/sessions/${id}/messages`, { role: 'user', content: 'hello' });
  await gateway.post(`/v1/sessions/${id}/complete`, {});
  expect(await listening).toMatchObject([
    { event: 'session.message', data: { seq: 2, type: 'session.message', content: 'hello' } },
    { event: 'session.completed', data: { seq: 3, type: 'session.completed' } },
  ]);
  const idle = await open(gateway);
  const waiting = gateway.frames(`/v1/sessions/${idle}/feed/stream?since=1&wait_seconds=1`);
  await until(() => gateway.emulator.axme.openStreams === 1);
  gateway.emulator.clock.advance(1000);
  expect(await waiting).toMatchObject([{ event: 'stream.timeout' }]);
  gateway.emulator.axme.streams = false;
  expect((await gateway.get(`/v1/sessions/${id}/feed/stream`)).status).toBe(404);
});
