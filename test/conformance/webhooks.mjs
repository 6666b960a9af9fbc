// countersign/webhooks: signed and verified, by Web Crypto alone.
import { MemoryReplayStore, signTestWebhook, verifyWebhook, WebhookRefusedError } from 'countersign/webhooks';
import { equal, keepsSecret, ok, rejection } from './expect.mjs';

// The example of the specification of Standard Webhooks.
const SPECIFIED = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  headers: {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
  body: '{"test": 2432232314}',
};
const OLD = 'whsec_b2xkIHNlY3JldCBvZiB0aGUgc3VpdGU=';
const NEW = 'whsec_bmV3IHNlY3JldCBvZiB0aGUgc3VpdGU=';
const SCHEMES = ['standard', 'x-otp-signature', 'x-webhook-signature'];

export async function verifiesTheExampleOfTheStandard() {
  const { secret, ...request } = SPECIFIED;
  const clock = { now: () => 1_614_265_330_000 };
  const { id, timestamp, payload } = await verifyWebhook(request, secret, { clock });
  equal(id, request.headers['webhook-id'], 'the id');
  equal(timestamp.getTime(), clock.now(), 'when it was signed');
  equal(payload.test, 2_432_232_314, 'what it says');
}

export async function verifiesWhatItSigns() {
  for (const scheme of SCHEMES) {
    const request = await signTestWebhook({ text: 'é😀' }, OLD, { scheme });
    const { payload, body } = await verifyWebhook(request, [NEW, OLD], { scheme });
    equal(payload.text, 'é😀', `the text, ${scheme}`);
    equal(new TextDecoder().decode(body), '{"text":"é😀"}', `the body, ${scheme}`);
  }
}

export async function refusesWhatIsNotSigned() {
  const refused = async (code, request, options = {}) => {
    const error = await rejection(verifyWebhook(request, NEW, options), code);
    ok(error instanceof WebhookRefusedError, String(error));
    equal(error.code, code, 'the code');
    keepsSecret(error, [OLD, NEW], code);
  };
  for (const scheme of SCHEMES) {
    await refused('WEBHOOK_SIGNATURE', await signTestWebhook({}, OLD, { scheme }), { scheme });
    await refused('WEBHOOK_HEADER_MISSING', { headers: {}, body: '{}' }, { scheme });
  }
  const signed = await signTestWebhook({ amount: 1 }, NEW);
  await refused('WEBHOOK_SIGNATURE', { headers: signed.headers, body: '{"amount":2}' });
  const minute = 60_000;
  const signedAt = (time) => signTestWebhook({}, NEW, { timestamp: new Date(time) });
  await refused('WEBHOOK_TOO_OLD', await signedAt(Date.now() - 6 * minute));
  await refused('WEBHOOK_IN_FUTURE', await signedAt(Date.now() + 6 * minute));
  await refused('WEBHOOK_BODY_TOO_LARGE', await signTestWebhook('x'.repeat(2000), NEW), { maxBytes: 1000 });
}

export async function takesAWebhookOnce() {
  const replayStore = new MemoryReplayStore();
  const signed = await signTestWebhook({}, NEW);
  const options = { replayStore };
  await verifyWebhook(signed.clone(), NEW, options);
  const again = await rejection(verifyWebhook(signed, NEW, options), 'the same again');
  equal(again.code, 'WEBHOOK_REPLAYED', 'the code');
  await verifyWebhook(await signTestWebhook({}, NEW), NEW, options);
}
