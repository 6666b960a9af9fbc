/** An MCP access token (LIME contract §6.3, §7). Its secret is in `accessToken` alone: no JSON and no inspection shows it. */
export class McpAccessToken {
  readonly tokenType = 'Bearer';
  /** How long it is good for, in seconds from when it was issued. */
  readonly expiresInSeconds: number;
  /** When it ends, by the clock of this machine. */
  readonly expiresAt: Date;
  readonly #accessToken: string;

  constructor(accessToken: string, expiresInSeconds: number, issuedAtMs: number) {
    this.#accessToken = accessToken;
    this.expiresInSeconds = expiresInSeconds;
    this.expiresAt = new Date(issuedAtMs + expiresInSeconds * 1000);
    Object.freeze(this);
  }

  /** The JWT, for the `Authorization: Bearer` header of the MCP server and for nobody else. */
  get accessToken(): string {
    return this.#accessToken;
  }
}
