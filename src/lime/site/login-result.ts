/** A login that was approved (LIME contract §6.3). Its passport is in `passport` alone: no JSON and no inspection shows it. */
export class LoginResult {
  readonly requestId: string;
  /** Where the platform would have the browser go; `null` if it does not say. Not signed: take it for a hint. */
  readonly redirectUrl: string | null;
  readonly #passport: string;

  constructor(requestId: string, passport: string, redirectUrl: string | null) {
    this.requestId = requestId;
    this.redirectUrl = redirectUrl;
    this.#passport = passport;
    Object.freeze(this);
  }

  /** The agent's passport, for `verifyPassport`. It lives for a minute or two, and opens one session. */
  get passport(): string {
    return this.#passport;
  }
}
