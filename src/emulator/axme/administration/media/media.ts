import type { Context } from 'hono';
import { readBody } from '../../../body.js';
import { authenticate } from '../../authenticate.js';
import type { Core } from '../../core.js';
import type { Family } from '../../family.js';
import { AxmeRefusal } from '../../refusal.js';
import type { AxmeRouter } from '../../router.js';
import { baseOf } from '../base.js';
import { MAX_MEDIA_BYTES, type StoredUpload, type Uploads } from './uploads.js';
import { finishedUpload, newUpload } from './wire.js';

/** Uploads, and the places from which their bytes come and go (AXME contract §2.10 and §2.20). */
export class Media implements Family {
  readonly #core: Core;
  readonly #uploads: Uploads;

  constructor(core: Core, uploads: Uploads) {
    this.#core = core;
    this.#uploads = uploads;
  }

  routes(router: AxmeRouter): void {
    const uploads = this.#uploads;
    router.machine('/v1/media/create-upload', {
      POST: (call) => {
        const upload = uploads.create(call.body(newUpload), call.caller.apiKey.workspaceId);
        const { upload_id, owner_agent, bucket, object_path, status, expires_at } = upload;
        return {
          ok: true,
          upload_id,
          owner_agent,
          bucket,
          object_path,
          upload_url: urlOf(upload, 'upload', call.url),
          status,
          expires_at,
          max_size_bytes: MAX_MEDIA_BYTES,
        };
      },
    });
    router.machine('/v1/media/finalize-upload', {
      POST: (call) => {
        const withoutBytes = this.#core.strict ? 'refuse' : 'accept';
        const upload = uploads.finalize(call.body(finishedUpload), withoutBytes);
        const { upload_id, owner_agent, bucket, object_path, mime_type, size_bytes, sha256, status } = upload;
        const where = { upload_id, owner_agent, bucket, object_path };
        return { ok: true, ...where, mime_type, size_bytes, sha256, status, finalized_at: upload.finalized_at };
      },
    });
    router.machine('/v1/media/:upload_id', {
      GET: (call) => ({ ok: true, upload: seen(uploads.get(call.param('upload_id')), call.url) }),
    });
    router.open('/v1/media/upload/:upload_id', { PUT: (c) => this.#put(c) });
    router.open('/v1/media/download/:upload_id', { GET: (c) => this.#bytes(c, 'attachment') });
    router.open('/v1/media/preview/:upload_id', { GET: (c) => this.#bytes(c, 'inline') });
  }

  reset(): void {
    this.#uploads.clear();
  }

  async #put(c: Context): Promise<object> {
    const { upload_id, size_bytes } = this.#allowed(c);
    this.#uploads.pending(upload_id);
    const bytes = await readBody(c.req.raw, size_bytes);
    const upload = this.#uploads.put(upload_id, bytes);
    const { usage } = this.#core.activity;
    usage.count(upload.workspaceId, 'media_upload_bytes_per_day', bytes.length);
    usage.setStoredBytes(upload.workspaceId, this.#uploads.storedBytes(upload.workspaceId));
    return { ok: true, upload_id, status: upload.status, size_bytes: bytes.length };
  }

  #bytes(c: Context, disposition: 'attachment' | 'inline'): Response {
    const { bytes, mime_type, filename } = this.#uploads.download(this.#allowed(c).upload_id);
    return new Response(bytes, {
      headers: {
        'Content-Type': /^[\w.+-]+\/[\w.+-]+$/.test(mime_type) ? mime_type : 'application/octet-stream',
        'Content-Disposition': `${disposition}; filename*=UTF-8''${encodeURIComponent(wellFormed(filename))}`,
        // What somebody uploaded is not to act in the emulator's origin.
        'Content-Security-Policy': 'sandbox',
        'X-Content-Type-Options': 'nosniff',
      },
    });
  }

  /** The upload, for who has its URL or an API key. */
  #allowed(c: Context): StoredUpload {
    const { keys, actors, time, strict } = this.#core;
    const secret = c.req.query('token');
    if (secret === undefined) authenticate(c.req.raw, 'machine', { keys, actors, time, strict });
    const upload = this.#uploads.get(c.req.param('upload_id') ?? '');
    if (secret !== undefined && secret !== upload.secret) {
      throw new AxmeRefusal(403, 'the URL is not one that was given out');
    }
    return upload;
  }
}

function seen(stored: StoredUpload, called: URL): object {
  const { secret: _, bytes: __, workspaceId: ___, ...upload } = stored;
  const url = (kind: 'download' | 'preview') => (upload.status === 'ready' ? urlOf(stored, kind, called) : null);
  return { ...upload, download_url: url('download'), preview_url: url('preview') };
}

function urlOf(
  { upload_id, secret }: Pick<StoredUpload, 'upload_id' | 'secret'>,
  kind: 'upload' | 'download' | 'preview',
  called: URL,
): string {
  return `${baseOf(called)}/v1/media/${kind}/${upload_id}?token=${secret}`;
}

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '�');
}
