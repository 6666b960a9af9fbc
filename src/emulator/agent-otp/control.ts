import * as v from 'valibot';
import { EmulatorInputError, EmulatorNotFoundError } from '../errors.js';
import { checkInput } from '../input.js';
import type { AgentFields, OtpAgent, Owner } from './accounts.js';
import { encryptFor, type PayloadForm } from './encrypt.js';
import type { Follower } from './followers.js';
import type { Permission } from './permissions.js';
import type { AgentOtpPlatform } from './platform.js';
import type { RelayRequest, RelaySource } from './relay-requests.js';
import type { AgentOtpOptions } from './settings.js';
import { isRecord } from './spelling.js';
import { isPermission, type Subject } from './subject.js';
import type { WebhookDelivery } from './webhooks.js';
import { dateTime } from './wire.js';

/** Every setting of {@link AgentOtpOptions}, to be read and set at any time. */
export type AgentOtpSettingValues = {
  -readonly [Name in keyof AgentOtpOptions]-?: Exclude<AgentOtpOptions[Name], undefined>;
};

/** A new agent, as only a test makes one. */
export interface NewOtpAgent {
  /** Default: the owner that exists from the start. */
  readonly ownerId?: string | undefined;
  /** Default `Emulated agent`. */
  readonly name?: string | undefined;
  /** `false`: the platform answers it 403. Default `true`. */
  readonly isActive?: boolean | undefined;
  /** Gives it a key `ak_test_…`: its requests are approved at once, or denied when their context says `_test_deny: true`. */
  readonly test?: boolean | undefined;
}

/** A permission, without what only its agent may know. */
export type SeenPermission = Omit<Permission, 'token' | 'ticket' | 'formKey'> & {
  /** The one-time token, without itself; `null` while there is none. */
  readonly token: Omit<NonNullable<Permission['token']>, 'value'> | null;
};

/** A request for a code, without the code and what only its agent may know. */
export type SeenRelayRequest = Omit<RelayRequest, 'code' | 'ticket' | 'formKey'>;

/** What an owner says of a request. */
export interface Decision {
  /** Shallowly merged over the scope that was asked for. Only of a permission that is approved. */
  readonly scopeModifications?: Readonly<Record<string, unknown>> | undefined;
  /** At most 500 characters. */
  readonly reason?: string | undefined;
}

/** A code that arrives for an agent. */
export interface DeliveredCode {
  /** At most 190 bytes of UTF-8. */
  readonly code: string;
  /** The whole message, encrypted as the code is. */
  readonly fullMessage?: string | undefined;
  /** Default `sms`. */
  readonly source?: RelaySource | undefined;
  readonly sender?: string | undefined;
  readonly preview?: string | undefined;
  /** Default `A`. */
  readonly form?: PayloadForm | undefined;
}

/** What tests and scripts may do to the emulated Agent OTP beside its wire. Wrong input throws an `EmulatorInputError`. */
export interface AgentOtpControl extends AgentOtpSettingValues {
  /** The key of the agent that exists from the start. */
  readonly apiKey: string;
  /** Its owner, as `X-User-ID` says it. */
  readonly ownerId: string;
  /** What shows that it is the owner, where `X-User-ID` is not trusted: `Authorization: Bearer uk_…`. */
  readonly ownerSecret: string;
  /** With it the owner's webhooks are signed (Standard Webhooks, `whsec_…`). */
  readonly webhookSecret: string;
  /** Sets what is given, all or nothing. */
  configure(settings: AgentOtpOptions): void;
  /** Another owner, until the next reset: whose agents and permissions are apart from those of others. */
  addOwner(): Owner;
  /** Another agent, until the next reset. */
  addAgent(agent?: NewOtpAgent): OtpAgent;
  /** Oldest first. */
  listAgents(): readonly OtpAgent[];
  /** Oldest first. */
  listPermissions(): readonly SeenPermission[];
  /** `undefined` if the id is unknown, or it was dropped. */
  getPermission(id: string): SeenPermission | undefined;
  /** Oldest first. */
  listRelayRequests(): readonly SeenRelayRequest[];
  getRelayRequest(id: string): SeenRelayRequest | undefined;
  /**
   * Grants a permission, or a request for a code, as its owner would.
   *
   * @throws {EmulatorNotFoundError} the id is unknown.
   * @throws {EmulatorInputError} it does not wait for a decision any more.
   */
  approve(id: string, decision?: Decision): SeenPermission | SeenRelayRequest;
  /** Refuses it; throws as `approve` does. */
  deny(id: string, decision?: Pick<Decision, 'reason'>): SeenPermission | SeenRelayRequest;
  /** Ends its time now, and that of its token. @throws {EmulatorNotFoundError} the id is unknown. */
  expire(id: string): SeenPermission | SeenRelayRequest;
  /**
   * Lets a code arrive for a request that was approved, encrypted with the request's key.
   *
   * @throws {EmulatorNotFoundError} the id is unknown.
   * @throws {EmulatorInputError} the request was not approved or is over, its key is none, or the code is too long.
   */
  deliverCode(id: string, code: DeliveredCode): Promise<SeenRelayRequest>;
  /** The webhooks that were, or are being, sent; oldest first. Those that fail are sent again: 1, 5 and 30 seconds after. */
  listWebhooks(): readonly WebhookDelivery[];
  /**
   * Follows a permission or a request for a code as a socket at its `webhookUrl` does, told first where it stands. Call what
   * it returns to stop.
   *
   * @throws {EmulatorNotFoundError} the id is unknown.
   */
  follow(id: string, follower: Follower): () => void;
}

const reason = v.optional(v.pipe(v.string(), v.maxLength(500)));
const decisionSchema = v.strictObject({
  scopeModifications: v.optional(v.custom<Record<string, unknown>>(isRecord, 'expected an object')),
  reason,
});
const denialSchema = v.strictObject({ reason });
const agentSchema = v.strictObject({
  ownerId: v.optional(v.string()),
  name: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(255))),
  isActive: v.optional(v.boolean()),
  test: v.optional(v.boolean()),
});
const codeSchema = v.strictObject({
  code: v.string(),
  fullMessage: v.optional(v.string()),
  source: v.optional(v.picklist(['sms', 'email', 'whatsapp']), 'sms'),
  sender: v.optional(v.string()),
  preview: v.optional(v.string()),
  form: v.optional(v.picklist(['A', 'B']), 'A'),
});

export function createAgentOtpControl(platform: AgentOtpPlatform): AgentOtpControl {
  const { settings, accounts, permissions, relays } = platform;
  const { ownerId, ownerSecret, webhookSecret } = accounts.owner;
  const decide = (id: string, approved: boolean, decision: Decision) => {
    const decided = platform.decide(existing(platform.find(id)), approved, decision);
    if (decided === undefined) throw new EmulatorInputError('decision: the request does not wait for one any more.');
    return seen(decided);
  };
  return settings.on({
    apiKey: accounts.agent.apiKey,
    ownerId,
    ownerSecret,
    webhookSecret,
    configure: (options: AgentOtpOptions) => settings.update(options),
    addOwner: () => added(accounts.addOwner(), 'owners'),
    addAgent(agent: NewOtpAgent = {}) {
      const { test = false, ownerId: of = ownerId, ...fields } = checkInput(agentSchema, agent, 'agent');
      if (accounts.findOwner(of) === undefined) throw new EmulatorInputError('agent.ownerId: no owner has this id.');
      return added(accounts.addAgent(of, fields satisfies AgentFields, { test }), 'agents');
    },
    listAgents: () => accounts.agents(),
    listPermissions: () => permissions.list().map(seenPermission),
    getPermission(id: string) {
      const permission = platform.permission(id);
      return permission && seenPermission(permission);
    },
    listRelayRequests: () => relays.list().map(seenRelay),
    getRelayRequest(id: string) {
      const relay = relays.get(id);
      return relay && seenRelay(relay);
    },
    approve: (id: string, decision: Decision = {}) =>
      decide(id, true, checkInput(decisionSchema, decision, 'decision')),
    deny: (id: string, decision: Decision = {}) => decide(id, false, checkInput(denialSchema, decision, 'decision')),
    expire(id: string) {
      const subject = existing(platform.find(id));
      return seen(isPermission(subject) ? permissions.endTime(subject) : relays.endTime(subject));
    },
    async deliverCode(id: string, delivered: DeliveredCode) {
      const { code, fullMessage, form, source, ...given } = checkInput(codeSchema, delivered, 'code');
      const { publicKey } = existing(relays.get(id));
      const now = platform.clock.now();
      const encryptedPayload = await encryptFor(publicKey, code, form, now);
      const encryptedContent = fullMessage === undefined ? null : await encryptFor(publicKey, fullMessage, form, now);
      const metadata = { ...given, source, receivedAt: dateTime(now) };
      const relay = existing(relays.get(id));
      const received = platform.receiveCode(relay, { encryptedPayload, encryptedContent, source, metadata });
      if (received === undefined) throw new EmulatorInputError(`code: the request is ${relay.status}, not approved.`);
      return seenRelay(received);
    },
    listWebhooks: () => platform.webhooks.list(),
    follow: (id: string, follower: Follower) => existing(platform.follow(id, follower)),
  });
}

function existing<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new EmulatorNotFoundError('Nothing has this id, or it was dropped.');
  return thing;
}

function added<Thing>(thing: Thing | undefined, what: string): Thing {
  if (thing === undefined) throw new EmulatorInputError(`agentOtp: there are too many ${what}.`);
  return thing;
}

function seen(subject: Subject): SeenPermission | SeenRelayRequest {
  return isPermission(subject) ? seenPermission(subject) : seenRelay(subject);
}

function seenPermission({ token, ticket: _ticket, formKey: _formKey, ...permission }: Permission): SeenPermission {
  if (token === null) return Object.freeze({ ...permission, token });
  const { value: _value, ...rest } = token;
  return Object.freeze({ ...permission, token: Object.freeze(rest) });
}

function seenRelay({ code: _code, ticket: _ticket, formKey: _formKey, ...relay }: RelayRequest): SeenRelayRequest {
  return Object.freeze(relay);
}
