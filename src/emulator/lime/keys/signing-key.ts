import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

interface Pair {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** An RSA key of 2048 bits, made when it is first needed: that takes a tenth of a second. */
export class SigningKey {
  readonly kid: string;
  #pair: Promise<Pair> | undefined;

  constructor(kid: string) {
    this.kid = kid;
  }

  /** The key that checks signatures. */
  async publicKey(): Promise<CryptoKey> {
    return (await this.#made()).publicKey;
  }

  /** The public half, as a JWKS lists it. */
  async jwk(): Promise<JWK> {
    const { kty, n, e } = await exportJWK(await this.publicKey());
    return { kty, use: 'sig', alg: 'RS256', kid: this.kid, n, e } as JWK;
  }

  /** A JWT of these claims; its header has `alg` and `kid`, and what is given beside. */
  async sign(claims: JWTPayload, header: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { privateKey } = await this.#made();
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: this.kid, ...header }).sign(privateKey);
  }

  #made(): Promise<Pair> {
    this.#pair ??= generateKeyPair('RS256', { modulusLength: 2048 });
    return this.#pair;
  }
}
