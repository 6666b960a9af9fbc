/** Ties a login to the browser that began it, so that nobody else can make it theirs, or theirs somebody else's. */
export class BrowserCookie {
  readonly #name: string;
  readonly #attributes: string;

  constructor({ insecure }: { readonly insecure: boolean }) {
    // With the prefix no other host and no plain HTTP page can set it (RFC 6265bis §4.1.3).
    this.#name = insecure ? 'lime-login' : '__Host-lime-login';
    this.#attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=3600${insecure ? '' : '; Secure'}`;
  }

  /** The browser's secret: the one that it has, or a new one. */
  secretFor(request: Request): string {
    return this.#read(request) ?? toHex(crypto.getRandomValues(new Uint8Array(32)));
  }

  /** What sets the secret. */
  header(secret: string): string {
    return `${this.#name}=${secret}; ${this.#attributes}`;
  }

  /** Whether the request is from the browser with this digest. */
  async isFrom(request: Request, digest: string): Promise<boolean> {
    const secret = this.#read(request);
    return secret !== undefined && (await digestOf(secret)) === digest;
  }

  #read({ headers }: Request): string | undefined {
    for (const pair of (headers.get('cookie') ?? '').split(';')) {
      const [name, value = ''] = pair.trim().split('=', 2);
      if (name === this.#name && /^[0-9a-f]{64}$/.test(value)) return value;
    }
    return undefined;
  }
}

/** What is kept of a secret. */
export async function digestOf(secret: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
