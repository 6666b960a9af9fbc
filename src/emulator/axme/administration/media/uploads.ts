import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { AxmeRefusal, conflict, invalid, notFound } from '../../refusal.js';
import { existing } from '../refusals.js';
import type { Supply } from '../supply.js';
import { Table } from '../table.js';
import type { FinishedUpload, NewUpload, Upload } from './wire.js';

/** The largest file that may be declared, in bytes (AXME contract §1.7). */
export const MAX_MEDIA_BYTES = 104_857_600;
/** How many bytes are kept of all files together. To make room, those of the oldest uploads are forgotten. */
export const MAX_STORED_BYTES: number = 2 * MAX_MEDIA_BYTES;

/** An upload with what is not for everybody's eyes. */
export interface StoredUpload extends Upload {
  /** What its URLs hold, so that they need no other credential. */
  readonly secret: string;
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
  /** Whose quota it uses. */
  readonly workspaceId: string;
}

/** Files that are declared, uploaded and finalized (AXME contract §2.10). */
export class Uploads {
  readonly #uploads = new Table<StoredUpload>();
  readonly #supply: Supply;
  readonly #maxStoredBytes: number;

  constructor(supply: Supply, maxStoredBytes: number = MAX_STORED_BYTES) {
    this.#supply = supply;
    this.#maxStoredBytes = maxStoredBytes;
  }

  /** How many bytes are kept now, of all workspaces or of one. */
  storedBytes(workspaceId?: string): number {
    return this.#uploads.list({ workspaceId }).reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0);
  }

  /** @throws {AxmeRefusal} 413: larger than {@link MAX_MEDIA_BYTES}. */
  create({ ttl_seconds, ...given }: NewUpload, workspaceId: string): StoredUpload {
    refuseOversize(given.size_bytes);
    const upload_id = this.#supply.uuid();
    return this.#uploads.add(upload_id, {
      upload_id,
      ...given,
      bucket: 'axme-media',
      object_path: `${upload_id}/${given.filename}`,
      status: 'pending',
      ...this.#supply.lifetime(ttl_seconds),
      finalized_at: null,
      secret: this.#supply.secret(),
      bytes: undefined,
      workspaceId,
    });
  }

  /** @throws {AxmeRefusal} 404. */
  get(upload_id: string): StoredUpload {
    const upload = existing(this.#uploads.get(upload_id), 'upload');
    const expired = upload.status === 'pending' && this.#supply.isOver(upload.expires_at);
    return expired ? { ...upload, status: 'expired' } : upload;
  }

  /** The upload, if bytes may be put to it now. @throws {AxmeRefusal} 404; 409: it is ready or has expired. */
  pending(upload_id: string): StoredUpload {
    const upload = this.get(upload_id);
    if (upload.status !== 'pending') throw conflict(`the upload is ${upload.status}`);
    return upload;
  }

  /** Keeps the bytes, in the place of any that were put before. @throws as {@link pending}. */
  put(upload_id: string, bytes: Uint8Array<ArrayBuffer>): StoredUpload {
    const upload = this.pending(upload_id);
    this.#makeRoom(bytes.length, upload_id);
    return this.#uploads.update(upload_id, upload, { bytes });
  }

  /**
   * @param withoutBytes - Whether an upload to which no bytes were put becomes ready (§10.2).
   * @throws {AxmeRefusal} 404; 409: it is not pending, or has no bytes; 413; 422: the bytes have another size or digest.
   */
  finalize({ upload_id, size_bytes, sha256: digest }: FinishedUpload, withoutBytes: 'accept' | 'refuse'): StoredUpload {
    refuseOversize(size_bytes);
    const upload = this.pending(upload_id);
    const { bytes } = upload;
    if (bytes === undefined && withoutBytes === 'refuse') throw conflict('no bytes were uploaded');
    const stated = digest ?? upload.sha256;
    const actual = bytes && bytesToHex(sha256(bytes));
    if (bytes && bytes.length !== size_bytes) {
      throw invalid(['body', 'size_bytes'], `${bytes.length} bytes were uploaded`);
    }
    if (actual !== undefined && stated !== null && stated !== actual) {
      throw invalid(['body', 'sha256'], 'the uploaded bytes have another SHA-256');
    }
    const finalized_at = this.#supply.time();
    return this.#uploads.update(upload_id, upload, {
      size_bytes,
      sha256: actual ?? stated,
      status: 'ready',
      finalized_at,
    });
  }

  /** The bytes of one that is ready. @throws {AxmeRefusal} 404; 409: it is not ready. */
  download(upload_id: string): StoredUpload & { readonly bytes: Uint8Array<ArrayBuffer> } {
    const upload = this.get(upload_id);
    if (upload.status !== 'ready') throw conflict(`the upload is ${upload.status}`);
    const { bytes } = upload;
    if (bytes === undefined) throw notFound('file');
    return { ...upload, bytes };
  }

  clear(): void {
    this.#uploads.clear();
  }

  #makeRoom(length: number, forUpload: string): void {
    for (const upload of this.#uploads.list()) {
      if (this.storedBytes() + length <= this.#maxStoredBytes) return;
      if (upload.upload_id !== forUpload) this.#uploads.update(upload.upload_id, { ...upload, bytes: undefined }, {});
    }
  }
}

function refuseOversize(size_bytes: number): void {
  if (size_bytes > MAX_MEDIA_BYTES) throw new AxmeRefusal(413, `a file may have ${MAX_MEDIA_BYTES} bytes`);
}
