import { createPrivateKey, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';

export interface Signer {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The entry of a key set. */
  readonly jwk: Record<string, unknown>;
}

export function newSigner(kid: string, bits = 2048): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return { kid, privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' } };
}

export const b64 = (value: string | Uint8Array) => Buffer.from(value).toString('base64url');

/** A token made by hand, so that it may be wrong in any way. Strings are taken for JSON as they are. */
export function forge(
  signer: Pick<Signer, 'kid' | 'privateKey'>,
  claims: unknown,
  header: Record<string, unknown> | string = {},
  hash = 'RSA-SHA256',
): string {
  const head = typeof header === 'string' ? header : JSON.stringify({ alg: 'RS256', kid: signer.kid, ...header });
  const body = typeof claims === 'string' || claims instanceof Uint8Array ? claims : JSON.stringify(claims);
  const input = `${b64(head)}.${b64(body)}`;
  return `${input}.${createSign(hash)
    .update(input)
    .sign(createPrivateKey(signer.privateKey.export({ format: 'pem', type: 'pkcs8' })))
    .toString('base64url')}`;
}
