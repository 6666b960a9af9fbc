import { expect, it } from 'vitest';
import { asked, scene } from './platform.js';

it('refuses no token while the platform rotates its keys under load', async () => {
  const { emulator, claims, verifier } = await scene();
  const { keys } = emulator.lime;
  await verifier.warmup();
  const results: Promise<{ readonly isValid: boolean }>[] = [];
  const tokens = [await keys.sign(claims)];
  for (let round = 0; round < 12; round++) {
    if (round % 3 === 2) keys.retire(keys.list().filter(({ published }) => published)[0]?.kid ?? '');
    const { kid } = keys.rotate();
    // Tokens of the new key and of the one before meet the verifier at once, in the middle of its fetch.
    const fresh = await keys.sign({ ...claims, jti: kid });
    for (let i = 0; i < 40; i++) results.push(verifier.verify(i % 3 ? fresh : (tokens.at(-1) ?? fresh)));
    await new Promise(setImmediate);
    for (let i = 0; i < 20; i++) results.push(verifier.verify(fresh));
    if (round % 2) await Promise.all(results);
    tokens.push(fresh);
  }
  const refused = (await Promise.all(results)).filter(({ isValid }) => !isValid);
  expect(refused).toEqual([]);
  expect(results).toHaveLength(12 * 60);
  // One fetch a rotation, and hardly more.
  expect(asked(emulator).keys).toBeLessThanOrEqual(2 * 12 + 1);
  expect(verifier.fetchCount).toBe(asked(emulator).keys);
});

it('takes tokens of a key that is published before it signs without another fetch', async () => {
  const { emulator, claims, verifier } = await scene();
  const { keys } = emulator.lime;
  const next = keys.add();
  await verifier.warmup();
  keys.use(next.kid);
  expect(await verifier.verify(await keys.sign(claims))).toMatchObject({ isValid: true });
  expect(verifier.fetchCount).toBe(1);
});

it('refuses tokens of a key that was retired as soon as it hears of that', async () => {
  const { emulator, claims, verifier, clock } = await scene();
  const { keys } = emulator.lime;
  const old = await keys.sign(claims);
  expect(await verifier.verify(old)).toMatchObject({ isValid: true });
  const [first] = keys.list();
  keys.rotate();
  keys.retire(first?.kid ?? '');
  clock.advance(60_000);
  await verifier.refreshCache();
  expect(await verifier.verify(old)).toMatchObject({ isValid: false, code: 'JWT_KEY_UNKNOWN' });
});
