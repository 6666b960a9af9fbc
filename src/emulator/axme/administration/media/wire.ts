import * as v from 'valibot';
import { address, type FieldValues, int, text, uuid } from '../../input.js';

const sizeBytes = int(1, 2_147_483_648);
const digest = v.nullish(v.pipe(v.string(), v.regex(/^[a-f\d]{64}$/)), null);

/** `POST /v1/media/create-upload` */
export const newUpload = {
  owner_agent: address,
  filename: text(1, 255),
  mime_type: text(3, 255),
  size_bytes: sizeBytes,
  sha256: digest,
  ttl_seconds: v.nullish(int(60, 604_800), 3600),
};
export type NewUpload = FieldValues<typeof newUpload>;

/** `POST /v1/media/finalize-upload` */
export const finishedUpload = { upload_id: uuid, size_bytes: sizeBytes, sha256: digest };
export type FinishedUpload = FieldValues<typeof finishedUpload>;

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
