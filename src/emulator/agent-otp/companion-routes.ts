import { type Api, idOf } from './api.js';
import { checked } from './input.js';
import { deviceLinkSchema, newDeviceSchema, telegramLinkSchema } from './schemas.js';

/** What the companion apps ask of the platform (Agent OTP contract §2.6): stubs that remember, for their caller's owner. */
export function companionRoutes(api: Api): void {
  const { app, platform, dialect } = api;
  const { devices } = platform;

  app.post('/users/link-telegram', async (c) => {
    const { ownerId } = api.agentOrOwner(c);
    const { telegramUserId } = checked(telegramLinkSchema, await api.body(c));
    devices.linkTelegram(String(telegramUserId), ownerId);
    return dialect.answer(c.req.raw, { success: true, message: 'The account was linked.' });
  });
  app.get('/users/telegram/:id', (c) => {
    const { ownerId } = api.agentOrOwner(c);
    const linked = devices.hasTelegram(idOf(c), ownerId);
    return dialect.answer(c.req.raw, { linked, userId: linked ? ownerId : undefined });
  });
  app.post('/devices/register', async (c) => {
    const { ownerId } = api.agentOrOwner(c);
    const { deviceId, platform: system } = checked(newDeviceSchema, await api.body(c));
    devices.registerDevice(deviceId);
    const details = { deviceId, platform: system };
    platform.audit.note({ userId: ownerId, eventType: 'device_register', details }, platform.random);
    return dialect.answer(c.req.raw, { success: true, deviceId });
  });
  app.post('/devices/link', async (c) => {
    const { ownerId } = api.agentOrOwner(c);
    devices.linkDevice(checked(deviceLinkSchema, await api.body(c)).deviceId, ownerId);
    return dialect.answer(c.req.raw, { success: true, userId: ownerId, message: 'The device was linked.' });
  });
  app.get('/devices/:id/status', (c) => {
    const { ownerId } = api.agentOrOwner(c);
    const isLinked = devices.hasDevice(idOf(c), ownerId);
    return dialect.answer(c.req.raw, { isLinked, userId: isLinked ? ownerId : undefined });
  });
  app.get('/auth/verify', (c) => {
    const { agentId, ownerId, name } = api.agent(c);
    return dialect.answer(c.req.raw, { valid: true, agentId, userId: ownerId, name });
  });
  // No bot is configured here, so that nothing that claims to be Telegram's decides anything.
  app.post('/webhooks/telegram', () => Response.json({ error: 'Telegram bot not configured' }, { status: 503 }));
}
