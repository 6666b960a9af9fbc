import { describe, expect, it } from 'vitest';
import { AxmeInputError, AxmeTimeoutError } from '../../../src/axme/index.js';
import { failure } from '../../http/clients.js';
import { frame, ID, intentEvent, open, scene, until } from './gateway.js';

/** A gateway whose intent had these events so far, and stays as it is. */
const withEvents = (...events: ReturnType<typeof intentEvent>[]) =>
  scene({
    stream: (response, since) =>
      void open(response).write(
        `: hi\n\n${events
          .filter(({ seq }) => seq > since)
          .map(frame)
          .join('')}`,
      ),
    list: (since) => events.filter(({ seq }) => seq > since),
    status: 'COMPLETED',
  });

describe('waitFor', () => {
  it.each(['COMPLETED', 'FAILED', 'CANCELED', 'TIMED_OUT'])(
    'returns the last event, whichever it is: %s',
    async (status) => {
      const { client, answering, clock } = await withEvents(intentEvent(1), intentEvent(2), intentEvent(3, status));
      expect(await client.waitFor(ID, { timeoutMs: 100_000 })).toEqual(intentEvent(3, status));
      await until(() => answering.size === 0);
      expect(clock.sleeping).toBe(0);
    },
  );

  it('returns the first event in one of the states that are asked for', async () => {
    const { client } = await withEvents(intentEvent(1), intentEvent(2), intentEvent(3), intentEvent(4));
    expect(await client.waitFor(ID, { states: ['DELIVERED', 'WAITING'] })).toMatchObject({ seq: 3 });
    expect(await client.waitFor(ID, { states: ['DELIVERED', 'IN_PROGRESS'], since: 3 })).toMatchObject({ seq: 4 });
  });

  it.each(['DELIVERED', 'ACKNOWLEDGED', 'IN_PROGRESS', 'CANCELED'])(
    'does not hang where the intent is in the hands of others: %s',
    async (status) => {
      const { client } = await withEvents(
        intentEvent(1),
        intentEvent(2),
        intentEvent(3, 'WAITING'),
        intentEvent(4, status),
      );
      expect(await client.waitFor(ID, { states: 'handed-off' })).toMatchObject({ seq: 4, status });
    },
  );

  it('returns the last event where the state that is asked for was never reached', async () => {
    const { client } = await withEvents(intentEvent(1), intentEvent(2, 'CANCELED'));
    expect(await client.waitFor(ID, { states: ['DELIVERED'] })).toMatchObject({ status: 'CANCELED' });
  });

  it('throws after timeoutMs, the same trace id all along', async () => {
    const { client, clock, server } = await withEvents(intentEvent(1));
    const waiting = failure(client.waitFor(ID, { timeoutMs: 14_000, traceId: 'trace' }));
    await until(() => server.requests.length > 0);
    clock.advance(14_000);
    expect(await waiting).toBeInstanceOf(AxmeTimeoutError);
    expect(server.requests[0]!.headers['x-trace-id']).toBe('trace');
  });

  it('throws the reason of the signal', async () => {
    const { client, server, answering } = await withEvents(intentEvent(1));
    const controller = new AbortController();
    const waiting = failure(client.waitFor(ID, { signal: controller.signal }));
    await until(() => server.requests.length > 0);
    controller.abort('enough');
    expect(await waiting).toBe('enough');
    await until(() => answering.size === 0);
  });

  it('throws where nothing comes any more, since the last event was before `since`', async () => {
    const { client, clock, server } = await withEvents(intentEvent(1), intentEvent(2, 'COMPLETED'));
    const waiting = failure(client.waitFor(ID, { since: 2 }));
    await until(() => server.requests.length > 0);
    // The stream says nothing, for longer than any window.
    clock.advance(30_000);
    const error = await waiting;
    expect(error).toBeInstanceOf(AxmeInputError);
    expect(error).toMatchObject({ field: 'since', message: expect.stringContaining('since 2') });
  });

  it.each([
    [{ states: ['RESOLVED'] }, 'states', 'COMPLETED'],
    [{ states: ['COMPLETED', 'CANCELLED'] }, 'states', 'CANCELED'],
    [{ states: ['EXPIRED'] }, 'states', 'TIMED_OUT'],
    [{ states: 'terminal' }, 'states', 'handed-off'],
    [{ states: [1] }, 'states', 'list'],
    [{ terminal_states: ['COMPLETED'] }, 'states', 'terminal_states'],
    [{ timeoutMs: 0 }, 'timeoutMs', 'above 0'],
  ])('rejects %j before anything is sent', async (options, field, word) => {
    const { client, server } = await withEvents();
    const error = await failure(client.waitFor(ID, options as never));
    expect(error).toBeInstanceOf(AxmeInputError);
    expect(error).toMatchObject({ field, message: expect.stringContaining(word) });
    expect(server.requests.length).toBe(0);
  });
});
