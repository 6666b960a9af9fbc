import { describe, expect, it } from 'vitest';
import { BindingOutcomeUnknownError, LimeInputError, LimeProtocolError } from '../../../src/lime/index.js';
import { failure } from '../../http/clients.js';
import { httpServer, json } from '../../http/servers.js';
import { printed, siteFor, siteScene } from './helpers.js';

const redirectUri = 'https://shop.example/back';
const EXCHANGE = '/api/v1/modules/bindings/exchange';

describe('a binding', () => {
  it('is asked for, completed, exchanged and verified', async () => {
    const { site, emulator } = await siteScene();
    const binding = await site.createBindingRequest({ redirectUri });
    expect(binding).toMatchObject({
      status: 'PENDING',
      connectUrl: expect.stringMatching(/^http/),
      expiresAt: expect.any(Date),
    });
    const { bindingCode } = await emulator.lime.bindings.complete(binding.bindingId);
    const passport = await site.exchangeBindingCode(bindingCode);
    const verified = await site.verifyBindingPassport(passport, { expectedBindingId: binding.bindingId });
    expect(verified).toMatchObject({ valid: true, bindingId: binding.bindingId });
    expect(verified.agentId).toBe(emulator.lime.listAgents()[0]?.agentId);
    // Each once.
    expect(await failure(site.verifyBindingPassport(passport))).toHaveProperty('code', 'PASSPORT_REPLAYED');
    expect(await failure(site.exchangeBindingCode(bindingCode))).toHaveProperty('status', expect.any(Number));
    // No event stream is needed for that.
    expect(emulator.lime.events.stats.opened).toBe(0);
  });

  it.each(['', '/back', 'http://shop.example', 'javascript:alert(1)', undefined as unknown as string])(
    'cannot come back to %j',
    async (redirectUri) => {
      const { site, emulator } = await siteScene();
      expect(await failure(site.createBindingRequest({ redirectUri }))).toBeInstanceOf(LimeInputError);
      expect(emulator.requests).toHaveLength(0);
    },
  );

  it('sends the browser nowhere but to a page', async () => {
    const data = {
      binding_id: 'b',
      connect_url: 'javascript:alert(1)',
      status: 'PENDING',
      expires_at: '2030-01-01T00:00:00Z',
    };
    const { url } = await httpServer(json(201, { ok: true, data }));
    const error = await failure(siteFor(url).createBindingRequest({ redirectUri }));
    expect(error).toBeInstanceOf(LimeProtocolError);
    expect(error).toHaveProperty('field', 'connect_url');
  });
});

describe('a binding code', () => {
  it('is not sent again when the answer is lost, and says so', async () => {
    for (const lose of ['before', 'after'] as const) {
      const { site, emulator } = await siteScene({ maxRetries: 3 });
      const { bindingId } = await site.createBindingRequest({ redirectUri });
      const { bindingCode } = await emulator.lime.bindings.complete(bindingId);
      emulator.faults.add({ path: EXCHANGE, lose });
      const error = await failure(site.exchangeBindingCode(bindingCode));
      expect(error).toBeInstanceOf(BindingOutcomeUnknownError);
      expect(emulator.requests.filter(({ path }) => path === EXCHANGE)).toHaveLength(1);
      expect(printed(error)).not.toContain(bindingCode);
    }
  });

  it.each(['', ' ', undefined as unknown as string])('is not %j', async (code) => {
    const { site } = await siteScene();
    expect(await failure(site.exchangeBindingCode(code))).toBeInstanceOf(LimeInputError);
  });

  it('is in no error that quotes it', async () => {
    const code = 'bc_hunter2_secret';
    const { url } = await httpServer(
      json(404, { ok: false, error: { code: 'X', message: `no ${code} st_live_hunter2` } }),
    );
    const error = await failure(siteFor(url).exchangeBindingCode(code));
    expect(error).toMatchObject({ code: 'X', message: 'no *** ***' });
    expect(printed(error)).not.toContain('hunter2');
  });
});
