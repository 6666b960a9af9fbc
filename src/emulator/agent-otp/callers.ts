import type { OtpAccounts, OtpAgent, Owner } from './accounts.js';
import { forbidden, unauthorized } from './refusals.js';
import type { AgentOtpSettings } from './settings.js';

/** Says who calls (Agent OTP contract §1.2). */
export class Callers {
  readonly #accounts: OtpAccounts;
  readonly #settings: AgentOtpSettings;

  constructor(accounts: OtpAccounts, settings: AgentOtpSettings) {
    this.#accounts = accounts;
    this.#settings = settings;
  }

  /** The agent that calls. @throws {OtpRefusal} 401, or 403 when it is inactive. */
  agent(request: Request): OtpAgent {
    const key = this.#keyOf(request);
    if (key === undefined) throw unauthorized('The Authorization header is missing.');
    if (!/^ak_[\w-]+$/.test(key))
      throw unauthorized('The API key does not have the form of one: it must begin with ak_.');
    const agent = this.#accounts.agentOfKey(key) ?? this.#welcome(key);
    if (agent === undefined) throw unauthorized('No agent has this API key.');
    if (!agent.isActive) throw forbidden('This agent is inactive.');
    return agent;
  }

  /** The owner that calls. @throws {OtpRefusal} 401. */
  owner(request: Request): Owner {
    const owner = this.#ownerOf(request);
    if (owner !== undefined) return owner;
    throw unauthorized(
      this.#settings.now.trustUserId
        ? 'An X-User-ID header of an owner, or its secret as a Bearer token, is needed.'
        : "The owner's secret is needed as a Bearer token; X-User-ID is not trusted here.",
    );
  }

  /** The agent whose key the request has, else the owner that it shows. @throws {OtpRefusal} 401 or 403. */
  agentOrOwner(request: Request): OtpAgent | Owner {
    if (this.#keyOf(request)?.startsWith('ak_')) return this.agent(request);
    return this.#ownerOf(request) ?? this.agent(request);
  }

  /** Who may decide: the owner; with `strictCompat` any agent. @throws {OtpRefusal} 401 or 403. */
  decider(request: Request): OtpAgent | Owner {
    const owner = this.#ownerOf(request);
    if (owner !== undefined) return owner;
    const agent = this.agent(request);
    if (!this.#settings.now.strictCompat) throw forbidden('Only the owner may decide.');
    return agent;
  }

  #ownerOf(request: Request): Owner | undefined {
    const secret = /^bearer +(uk_\S+)$/i.exec(request.headers.get('Authorization') ?? '')?.[1];
    if (secret !== undefined) return this.#accounts.ownerOfSecret(secret);
    const userId = request.headers.get('X-User-ID');
    return userId !== null && this.#settings.now.trustUserId ? this.#accounts.findOwner(userId) : undefined;
  }

  #keyOf(request: Request): string | undefined {
    const authorization = request.headers.get('Authorization');
    if (authorization !== null) return authorization.replace(/^bearer +/i, '');
    return this.#settings.now.acceptApiKeyHeader ? (request.headers.get('X-API-Key') ?? undefined) : undefined;
  }

  #welcome(apiKey: string): OtpAgent | undefined {
    if (!this.#settings.now.acceptUnknownKeys || apiKey.length > 200) return undefined;
    return this.#accounts.addAgent(this.#accounts.owner.ownerId, {}, { apiKey });
  }
}

export function isAgent(caller: OtpAgent | Owner): caller is OtpAgent {
  return 'agentId' in caller;
}
