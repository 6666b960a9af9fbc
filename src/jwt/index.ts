export type { ClaimRules } from './claims.js';
export {
  JwtError,
  type JwtErrorCode,
  JwtInputError,
  JwtKeysError,
  type JwtRefusal,
  JwtRefusedError,
  ReplayStoreFullError,
} from './errors.js';
export type { JsonObject } from './json-object.js';
export { type FoundKey, KeySet, type KeySetOptions } from './key-set.js';
export { type KeySource, type KeySourceOptions, keysAt } from './key-source.js';
export { MemoryReplayStore, type ReplayStore } from './replay.js';
export { type VerifyJwtOptions, verifyJwt } from './verify.js';
