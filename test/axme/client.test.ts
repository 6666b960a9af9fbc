import { expect, it } from 'vitest';
import { AxmeClient, AxmeInputError, AxmeNotFoundError } from '../../src/axme/index.js';
import { failure } from '../http/clients.js';
import { httpServer, inTurn, json } from '../http/servers.js';

it('calls', async () => {
  const server = await httpServer(inTurn(json(200, { ok: true }), json(404, { detail: 'nothing here' })));
  const client = new AxmeClient({ apiKey: 'axme_sa_key_secret', baseUrl: server.url });
  expect(await client.health()).toEqual({ ok: true });
  const error = await failure(client.getCapabilities());
  expect(error).toBeInstanceOf(AxmeNotFoundError);
  expect(error).toMatchObject({ statusCode: 404, message: 'HTTP 404: nothing here', detail: 'nothing here' });
  expect(await failure(client.health({ trace_id: 'x' } as object))).toBeInstanceOf(AxmeInputError);
  expect(server.requests[0]!.headers).toMatchObject({ 'x-api-key': 'axme_sa_key_secret' });
});
