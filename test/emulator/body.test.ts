import { expect, it } from 'vitest';
import { MAX_BODY_BYTES, readJson } from '../../src/emulator/body.js';
import { failure } from '../http/clients.js';

it('a request without a stream of its body is read, as Firefox has it', async () => {
  const withoutStream = (body: string) =>
    Object.defineProperty(new Request('http://localhost/', { method: 'POST', body }), 'body', { value: undefined });
  expect(await readJson(withoutStream('{"order":7}'))).toEqual({ order: 7 });
  expect(await readJson(withoutStream(''))).toBeUndefined();
  const long = withoutStream('x'.repeat(MAX_BODY_BYTES + 1));
  expect(await failure(readJson(long))).toMatchObject({ status: 413 });
});
