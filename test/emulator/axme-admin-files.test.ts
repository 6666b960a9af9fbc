import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Uploads } from '../../src/emulator/axme/administration/media/uploads.js';
import { schemaFault } from '../../src/emulator/axme/administration/schemas/fault.js';
import { Supply } from '../../src/emulator/axme/administration/supply.js';
import { Core } from '../../src/emulator/axme/core.js';
import { systemClock } from '../../src/runtime/clock.js';
import { born, expectInvalid, expectRefused, type Json, NOBODY, ok, startGateway, time, uuid } from './axme-admin.js';

const gateway = await startGateway();
const { send } = gateway;

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

describe('schemas', () => {
  const schema = {
    semantic_type: 'shop.order.v1',
    schema_json: { type: 'object', properties: { b: { type: 'string' }, a: { type: 'integer' } }, required: ['a'] },
    compatibility_mode: 'backward',
  };

  it('are stored with the hash of their canonical JSON', async () => {
    const stored = (await ok(send('POST', '/v1/schemas', schema))).schema;
    const canonical = '{"properties":{"a":{"type":"integer"},"b":{"type":"string"}},"required":["a"],"type":"object"}';
    expect(stored).toEqual({
      semantic_type: 'shop.order.v1',
      schema_ref: 'schema://shop.order.v1',
      schema_hash: sha256(canonical),
      compatibility_mode: 'backward',
      scope: 'tenant',
      owner_agent: null,
      active: true,
      ...born,
    });
    const read = (await ok(send('GET', '/v1/schemas/shop.order.v1'))).schema;
    expect(read).toEqual({ ...stored, schema_json: schema.schema_json });
  });

  it('are changed in place', async () => {
    const { schema: first } = await ok(send('POST', '/v1/schemas', { ...schema, schema_ref: 'mine' }));
    gateway.started.emulator.clock.advance(1000);
    const changes = { ...schema, schema_json: { type: 'string' }, active: false };
    const { schema: second } = await ok(send('POST', '/v1/schemas', changes));
    expect(second).toMatchObject({ schema_ref: 'mine', active: false, created_at: first.created_at });
    expect(second.schema_hash).not.toBe(first.schema_hash);
    expect(second.updated_at).not.toBe(first.updated_at);
  });

  it('are an owner’s own, else everybody’s', async () => {
    await ok(send('POST', '/v1/schemas', schema));
    const mine = { ...schema, schema_json: { type: 'string' } };
    const { schema: own } = await ok(send('POST', '/v1/schemas?owner_agent=agent://ann', mine));
    expect(own).toMatchObject({ owner_agent: 'agent://ann' });
    const read = async (owner: string) => {
      const headers = { 'x-api-key': gateway.started.emulator.axme.apiKey, 'x-owner-agent': owner };
      return (await ok(send('GET', '/v1/schemas/shop.order.v1', undefined, headers))).schema.owner_agent;
    };
    expect([await read('agent://ann'), await read('agent://bob')]).toEqual(['agent://ann', null]);
    const headers = { 'x-api-key': gateway.started.emulator.axme.apiKey, 'x-owner-agent': 'agent://bob' };
    const differ = send('GET', '/v1/schemas/shop.order.v1?owner_agent=agent://ann', undefined, headers);
    await expectRefused(differ, 400, /differ/);
  });

  it.each([
    ['strict', { type: 'object' }, 'a strict schema does not change'],
    ['backward', { ...schema.schema_json, required: ['a', 'b'] }, 'the property b was not required'],
    ['backward', { properties: { a: { type: 'integer' } }, required: [] }, /property b was removed/],
    ['backward', { properties: { a: { type: 'string' }, b: { type: 'string' } } }, /property a .* another type/],
    ['backward', { properties: { ...schema.schema_json.properties, c: {} } }, undefined],
    ['strict', schema.schema_json, undefined],
    ['warn', { type: 'null' }, undefined],
  ])('mode %s, enforced in strict mode, and %j', async (compatibility_mode, schema_json, reason) => {
    const changed = { ...schema, schema_json, compatibility_mode };
    await ok(send('POST', '/v1/schemas', schema));
    gateway.started.emulator.axme.strict = true;
    if (reason === undefined) await ok(send('POST', '/v1/schemas', changed));
    else await expectRefused(send('POST', '/v1/schemas', changed), 409, new RegExp(`incompatible.*${source(reason)}`));
    gateway.started.emulator.axme.strict = false;
    await ok(send('POST', '/v1/schemas', changed));
  });

  it('refuse what is wrong', async () => {
    await expectRefused(send('POST', '/v1/schemas', { ...schema, scope: 'core' }), 403, /core/);
    const bad = { ...schema, schema_json: { properties: { age: { type: 'int' } } } };
    await expectRefused(send('POST', '/v1/schemas', bad), 400, /see properties\.age\.type$/);
    await expectInvalid(send('POST', '/v1/schemas', { ...schema, semantic_type: 'order' }), 'body', 'semantic_type');
    await expectInvalid(send('POST', '/v1/schemas', { ...schema, schema_json: [] }), 'body', 'schema_json');
    await expectRefused(send('GET', '/v1/schemas/no.such.v1'), 404, 'schema not found');
  });

  it.each([
    [true, undefined],
    [{ type: ['string', 'null'], enum: ['a', null], minLength: 1, 'x-ours': 1 }, undefined],
    [{ items: [{ type: 'string' }, true], additionalProperties: false, not: { $ref: '#/a' } }, undefined],
    [{ $defs: { a: { pattern: '^a$' } }, anyOf: [{}, { multipleOf: 0.5 }] }, undefined],
    ['no', ''],
    [{ type: [] }, 'type'],
    [{ required: 'a' }, 'required'],
    [{ pattern: '(' }, 'pattern'],
    [{ minItems: -1 }, 'minItems'],
    [{ multipleOf: 0 }, 'multipleOf'],
    [{ uniqueItems: 1 }, 'uniqueItems'],
    [{ properties: [] }, 'properties'],
    [{ properties: { a: 1 } }, 'properties.a'],
    [{ items: { type: 'x' } }, 'items.type'],
    [{ items: [{ maximum: '1' }] }, 'items.0.maximum'],
    [{ oneOf: [] }, 'oneOf'],
    [{ allOf: [{}, { $id: 1 }] }, 'allOf.1.$id'],
    [{ contains: null }, 'contains'],
  ])('a schema %j has its fault at %s', (value, fault) => {
    expect(schemaFault(value)).toBe(fault);
  });

  it('a schema that is nested without end is refused, and overflows nothing', async () => {
    let schema_json: Json = {};
    for (let depth = 0; depth < 100; depth++) schema_json = { not: schema_json };
    await expectRefused(send('POST', '/v1/schemas', { ...schema, schema_json }), 400, /not\.not/);
  });
});

function source(pattern: string | RegExp): string {
  return typeof pattern === 'string' ? pattern : pattern.source;
}

describe('media', () => {
  const bytes = new TextEncoder().encode('hello');
  const upload = { owner_agent: 'agent://ann', filename: 'grüße.txt', mime_type: 'text/plain', size_bytes: 5 };
  const create = (more: object = {}): Promise<Json> =>
    ok(send('POST', '/v1/media/create-upload', { ...upload, ...more }));
  const put = (url: string, body: Uint8Array<ArrayBuffer> = bytes) => fetch(url, { method: 'PUT', body });
  const finalize = (upload_id: string, more: object = {}) =>
    send('POST', '/v1/media/finalize-upload', { upload_id, size_bytes: 5, ...more });

  it('goes up, is finalized, and comes down', async () => {
    const created = await create({ sha256: sha256(bytes), ttl_seconds: 60 });
    const { upload_id, upload_url, object_path, expires_at } = created;
    expect(created).toEqual({
      ok: true,
      upload_id: uuid,
      owner_agent: 'agent://ann',
      bucket: 'axme-media',
      object_path: `${upload_id}/grüße.txt`,
      upload_url: expect.stringMatching(new RegExp(`^${gateway.base}/v1/media/upload/${upload_id}\\?token=`)),
      status: 'pending',
      expires_at: time,
      max_size_bytes: 104_857_600,
    });
    const seen = {
      upload_id,
      ...upload,
      sha256: sha256(bytes),
      bucket: 'axme-media',
      object_path,
      status: 'pending',
      created_at: time,
      expires_at,
      finalized_at: null,
      download_url: null,
      preview_url: null,
    };
    expect((await ok(send('GET', `/v1/media/${upload_id}`))).upload).toEqual(seen);

    const uploaded = await put(upload_url);
    expect([uploaded.status, await uploaded.json()]).toEqual([
      200,
      { ok: true, upload_id, status: 'pending', size_bytes: 5 },
    ]);
    const finalized = await ok(finalize(upload_id, { sha256: sha256(bytes) }));
    expect(finalized).toEqual({
      ok: true,
      upload_id,
      owner_agent: 'agent://ann',
      bucket: 'axme-media',
      object_path,
      mime_type: 'text/plain',
      size_bytes: 5,
      sha256: sha256(bytes),
      status: 'ready',
      finalized_at: time,
    });
    const { upload: ready } = await ok(send('GET', `/v1/media/${upload_id}`));
    const urls = { download_url: expect.any(String), preview_url: expect.any(String) };
    expect(ready).toEqual({ ...seen, status: 'ready', finalized_at: finalized.finalized_at, ...urls });

    const down = await fetch(ready.download_url);
    expect([down.status, await down.text()]).toEqual([200, 'hello']);
    expect(down.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''gr%C3%BC%C3%9Fe.txt");
    const preview = await fetch(ready.preview_url);
    expect(preview.headers.get('content-disposition')).toMatch(/^inline/);
    expect(preview.headers.get('content-type')).toBe('text/plain');
    expect(preview.headers.get('content-security-policy')).toBe('sandbox');
    // What is ready stays, when the time to upload is over.
    gateway.started.emulator.clock.advance(60_000);
    expect((await fetch(ready.download_url)).status).toBe(200);
  });

  it('wants the URL that was given out, or an API key', async () => {
    const { upload_id, upload_url } = await create();
    const bare = upload_url.replace(/\?.*/, '');
    expect((await put(bare)).status).toBe(401);
    expect((await put(`${bare}?token=guessed`)).status).toBe(403);
    const headers = { 'x-api-key': gateway.started.emulator.axme.apiKey };
    expect((await fetch(bare, { method: 'PUT', body: bytes, headers })).status).toBe(200);
    await ok(finalize(upload_id));
    const download = `${gateway.base}/v1/media/download/${upload_id}`;
    expect(await (await fetch(download, { headers })).text()).toBe('hello');
  });

  it('is finalized without bytes, as the public suite does; in strict mode not', async () => {
    const one = await create();
    expect(await ok(finalize(one.upload_id))).toMatchObject({ status: 'ready', sha256: null });
    const { upload } = await ok(send('GET', `/v1/media/${one.upload_id}`));
    expect((await fetch(upload.download_url)).status).toBe(404);
    gateway.started.emulator.axme.strict = true;
    const two = await create();
    await expectRefused(finalize(two.upload_id), 409, 'no bytes were uploaded');
  });

  it('checks size and digest when there are bytes', async () => {
    const { upload_id, upload_url } = await create();
    await put(upload_url);
    await expectInvalid(finalize(upload_id, { size_bytes: 4 }), 'body', 'size_bytes');
    await expectInvalid(finalize(upload_id, { sha256: sha256('other') }), 'body', 'sha256');
    expect(await ok(finalize(upload_id))).toMatchObject({ sha256: sha256(bytes) });
    const other = await create({ sha256: sha256('declared') });
    await put(other.upload_url);
    await expectInvalid(finalize(other.upload_id), 'body', 'sha256');
  });

  it('takes bytes again as long as it is pending, and then no more', async () => {
    const { upload_id, upload_url } = await create();
    await put(upload_url, new TextEncoder().encode('olleh'));
    await put(upload_url);
    await ok(finalize(upload_id));
    const late = await put(upload_url);
    expect([late.status, await late.json()]).toEqual([409, { detail: 'the upload is ready' }]);
    await expectRefused(finalize(upload_id), 409, 'the upload is ready');
  });

  it('expires by the clock', async () => {
    const { upload_id, upload_url } = await create({ ttl_seconds: 60 });
    gateway.started.emulator.clock.advance(60_000);
    expect((await ok(send('GET', `/v1/media/${upload_id}`))).upload).toMatchObject({ status: 'expired' });
    expect((await put(upload_url)).status).toBe(409);
    await expectRefused(finalize(upload_id), 409, 'the upload is expired');
  });

  it('has its limits', async () => {
    const large = send('POST', '/v1/media/create-upload', { ...upload, size_bytes: 104_857_601 });
    await expectRefused(large, 413, /104857600/);
    const huge = send('POST', '/v1/media/create-upload', { ...upload, size_bytes: 2_147_483_649 });
    await expectInvalid(huge, 'body', 'size_bytes');
    const { upload_id, upload_url } = await create({ size_bytes: 4 });
    expect((await put(upload_url)).status).toBe(413);
    await expectRefused(finalize(upload_id, { size_bytes: 104_857_601 }), 413, /104857600/);
  });

  it('keeps what fits, and forgets the oldest bytes for new ones', () => {
    const uploads = new Uploads(new Supply(new Core({}, undefined, systemClock)), 12);
    const given = { ...upload, sha256: null, ttl_seconds: 60 };
    const [one, two, three] = Array.from({ length: 3 }, () => {
      const { upload_id } = uploads.create(given, NOBODY);
      uploads.put(upload_id, bytes);
      return uploads.finalize({ upload_id, size_bytes: 5, sha256: null }, 'refuse').upload_id;
    }) as [string, string, string];
    expect(uploads.storedBytes()).toBe(10);
    expect(() => uploads.download(one)).toThrow('file not found');
    expect(uploads.get(one)).toMatchObject({ status: 'ready', sha256: sha256(bytes) });
    expect([uploads.download(two).bytes, uploads.download(three).bytes]).toEqual([bytes, bytes]);
  });

  it('serves what claims to be of no decent type as bytes', async () => {
    const { upload_id, upload_url } = await create({ mime_type: 'text/html\nX-Bad: 1', filename: 'a\ud800".html' });
    await put(upload_url);
    await ok(finalize(upload_id));
    const { upload } = await ok(send('GET', `/v1/media/${upload_id}`));
    const { headers } = await fetch(upload.preview_url);
    expect([headers.get('content-type'), headers.get('x-bad')]).toEqual(['application/octet-stream', null]);
    expect(headers.get('content-disposition')).toBe("inline; filename*=UTF-8''a%EF%BF%BD%22.html");
  });

  it('refuses what is wrong', async () => {
    await expectRefused(send('GET', `/v1/media/${NOBODY}`), 404, 'upload not found');
    await expectRefused(finalize(NOBODY), 404, 'upload not found');
    expect((await put(`${gateway.base}/v1/media/upload/${NOBODY}?token=x`)).status).toBe(404);
    const { upload_id, upload_url } = await create();
    const early = await fetch(upload_url.replace('/upload/', '/download/'));
    expect([early.status, await early.json()]).toEqual([409, { detail: 'the upload is pending' }]);
    await expectInvalid(finalize(upload_id, { sha256: 'x' }), 'body', 'sha256');
    await expectInvalid(send('POST', '/v1/media/create-upload', { ...upload, ttl_seconds: 1 }), 'body', 'ttl_seconds');
  });
});
