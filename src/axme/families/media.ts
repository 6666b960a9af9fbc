import type { Family } from '../family.js';
import type { AnyOf, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';

/** A file to come. */
export interface CreateMediaUploadRequest extends Open {
  readonly owner_agent: string;
  readonly filename: string;
  readonly mime_type: string;
  readonly size_bytes: number;
  /** In hexadecimal. */
  readonly sha256?: string | undefined;
  /** 60 to 604,800. */
  readonly ttl_seconds?: number | undefined;
}

/** Where the bytes go. */
export interface CreateMediaUploadReply extends Reply {
  readonly upload_id: string;
  readonly owner_agent: string;
  readonly bucket: string;
  readonly object_path: string;
  /** Where to PUT the bytes. */
  readonly upload_url: string;
  readonly status: AnyOf<'pending'>;
  readonly expires_at: string;
  readonly max_size_bytes: number;
}

/** A file, on its way or there (AXME contract §2.10). */
export interface MediaUpload extends Open {
  readonly upload_id: string;
  readonly owner_agent: string;
  readonly bucket: string;
  readonly object_path: string;
  readonly mime_type: string;
  readonly filename: string;
  readonly size_bytes: number;
  readonly sha256: string | null;
  readonly status: AnyOf<'pending' | 'ready' | 'expired'>;
  readonly created_at: string;
  readonly expires_at: string;
  readonly finalized_at: string | null;
  /** `null` until it is ready. */
  readonly download_url: string | null;
  /** `null` until it is ready. */
  readonly preview_url: string | null;
}

/** A file. */
export interface GetMediaUploadReply extends Reply {
  readonly upload: MediaUpload;
}

/** A file whose bytes are there. */
export interface FinalizeMediaUploadRequest extends Open {
  readonly upload_id: string;
  readonly size_bytes: number;
  /** In hexadecimal. */
  readonly sha256?: string | undefined;
}

/** A file that is ready. */
export interface FinalizeMediaUploadReply extends Reply {
  readonly upload_id: string;
  readonly owner_agent: string;
  readonly bucket: string;
  readonly object_path: string;
  readonly mime_type: string;
  readonly size_bytes: number;
  readonly sha256?: string | null | undefined;
  readonly status: AnyOf<'ready'>;
  readonly finalized_at: string;
}

/** Files (AXME contract §2.10). */
export interface MediaMethods {
  /** Announces a file. Its bytes are the caller's to PUT to `upload_url`, before `finalizeMediaUpload`. */
  createMediaUpload(payload: CreateMediaUploadRequest, options?: WriteOptions): Promise<CreateMediaUploadReply>;
  /** A file, with where to get it once it is ready. */
  getMediaUpload(uploadId: string, options?: RequestOptions): Promise<GetMediaUploadReply>;
  /** Says that the bytes are there. */
  finalizeMediaUpload(payload: FinalizeMediaUploadRequest, options?: WriteOptions): Promise<FinalizeMediaUploadReply>;
}

export const media: Family<MediaMethods> = {
  createMediaUpload: { verb: 'POST', path: '/v1/media/create-upload', args: ['payload'] },
  getMediaUpload: { verb: 'GET', path: '/v1/media/{upload_id}' },
  finalizeMediaUpload: { verb: 'POST', path: '/v1/media/finalize-upload', args: ['payload'] },
};
