import * as v from 'valibot';
import { integer, ownerAgent, sha256Hex, text, uuid } from '../fields.js';

const sizeBytes = integer(1, 2_147_483_648);
const digest = v.nullish(sha256Hex, null);

/** `POST /v1/media/create-upload` */
export const newUpload = v.object({
  owner_agent: ownerAgent,
  filename: text(1, 255),
  mime_type: text(3, 255),
  size_bytes: sizeBytes,
  sha256: digest,
  ttl_seconds: v.nullish(integer(60, 604_800), 3600),
});
export type NewUpload = v.InferOutput<typeof newUpload>;

/** `POST /v1/media/finalize-upload` */
export const finishedUpload = v.object({ upload_id: uuid, size_bytes: sizeBytes, sha256: digest });
export type FinishedUpload = v.InferOutput<typeof finishedUpload>;

/** An upload as it stands on the wire, without the URLs, which depend on how the emulator is reached. */
export interface Upload extends Omit<NewUpload, 'ttl_seconds'> {
  readonly upload_id: string;
  readonly bucket: string;
  readonly object_path: string;
  readonly status: 'pending' | 'ready' | 'expired';
  readonly created_at: string;
  readonly expires_at: string;
  readonly finalized_at: string | null;
}
