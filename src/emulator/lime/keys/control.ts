import * as v from 'valibot';
import { EmulatorNotFoundError } from '../../errors.js';
import { checkInput } from '../../input.js';
import type { KeyRing } from './key-ring.js';
import type { SigningKey } from './signing-key.js';

/** A key of the platform. */
export interface PlatformKey {
  readonly kid: string;
  /** Whether it signs what the platform issues now. Exactly one does. */
  readonly current: boolean;
  /** Whether it is in the JWKS. */
  readonly published: boolean;
}

/** What a token that a test signs itself is like. */
export interface SignOptions {
  /** The key that signs. Default: the current one. */
  readonly kid?: string | undefined;
  /** Header fields, over `alg` and `kid`. */
  readonly header?: Readonly<Record<string, unknown>> | undefined;
}

/** The keys that sign MCP access tokens: RS256, 2048 bits, each made when it is first needed. */
export interface KeysControl {
  /** Oldest first, those that were retired too. */
  list(): readonly PlatformKey[];
  /** A new key is published and signs from now on. The old one stays published: its tokens go on being good. */
  rotate(): PlatformKey;
  /** A new key is published; the old one goes on signing. */
  add(): PlatformKey;
  /** Signs with this key from now on, published or not. @throws {EmulatorNotFoundError} there is no such key. */
  use(kid: string): PlatformKey;
  /**
   * Takes a key out of the JWKS: its tokens are refused from now on. If it is the current one it goes on signing, so
   * that whatever is issued has an unknown `kid`.
   *
   * @throws {EmulatorNotFoundError} there is no such key.
   */
  retire(kid: string): PlatformKey;
  /**
   * A JWT of exactly these claims, however wrong.
   *
   * @throws {EmulatorNotFoundError} there is no such key.
   */
  sign(claims: Readonly<Record<string, unknown>>, options?: SignOptions): Promise<string>;
}

const jsonObject = v.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'expected an object',
);
const kidSchema = v.string();
const signOptions = v.strictObject({ kid: v.optional(v.string()), header: v.optional(jsonObject) });

export function createKeysControl(keys: KeyRing): KeysControl {
  const view = ({ kid }: SigningKey): PlatformKey =>
    Object.freeze({ kid, current: keys.current.kid === kid, published: keys.isPublished(kid) });
  const existing = (kid: string): SigningKey => {
    const key = keys.get(checkInput(kidSchema, kid, 'kid'));
    if (key === undefined) throw new EmulatorNotFoundError('No key has this kid.');
    return key;
  };
  return {
    list: () => keys.list().map(view),
    rotate() {
      const key = keys.add();
      keys.use(key);
      return view(key);
    },
    add: () => view(keys.add()),
    use(kid) {
      const key = existing(kid);
      keys.use(key);
      return view(key);
    },
    retire(kid) {
      const key = existing(kid);
      keys.retire(kid);
      return view(key);
    },
    async sign(claims, options = {}) {
      const { kid, header } = checkInput(signOptions, options, 'sign');
      const key = kid === undefined ? keys.current : existing(kid);
      return key.sign(checkInput(jsonObject, claims, 'claims'), header);
    },
  };
}
