import type { Clock } from '../../runtime/clock.js';
import { Deadlines } from './deadlines.js';
import { type Follower, Followers } from './followers.js';
import { permissionMessages, relayMessages } from './messages.js';
import { endsAt, isPermission, type Subject } from './subject.js';

/** A webhook that is to be sent. */
export interface WebhookNews {
  readonly subjectId: string;
  readonly url: string;
  readonly type: string;
  readonly data: object;
}

export interface AnnouncerOptions {
  readonly clock: Clock;
  /** What has this id; that it is over is noticed by this. */
  find(id: string): Subject | undefined;
  /** The same, as it was last noticed. */
  peek(id: string): Subject | undefined;
  /** Sends a webhook in the owner's name. */
  post(ownerId: string, news: WebhookNews): void;
}

/** Who hears of permissions and of requests for codes: those who follow them, and the webhooks of their owners. */
export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #followers = new Followers();
  readonly #deadlines: Deadlines;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.clock);
  }

  /** Tells of what has changed. */
  changed(subject: Subject): void {
    const { id, ownerId, callbackUrl } = subject;
    this.#followers.send(id, messagesOf(subject));
    if (callbackUrl !== null && isNews(subject)) {
      this.#options.post(ownerId, { subjectId: id, url: callbackUrl, ...webhookOf(subject) });
    }
    this.expectEnd(id, false);
  }

  /** Sees to it that its end is told to whoever is to hear of it, without anybody reading it; `wanted` says somebody is. */
  expectEnd(id: string, wanted: boolean): void {
    const subject = this.#options.peek(id);
    const endMs = subject === undefined ? Number.POSITIVE_INFINITY : endsAt(subject);
    if (endMs === Number.POSITIVE_INFINITY) {
      this.#deadlines.cancel(id);
      this.#followers.end(id);
    } else if (wanted || this.#followers.has(id)) {
      this.#deadlines.set(id, endMs, () => {
        const now = this.#options.find(id);
        // An approval that nobody used stays as it is, and of what was dropped nothing comes either.
        if (now === undefined || now.status === 'approved') this.#followers.end(id);
      });
    }
  }

  /**
   * Tells `follower` where it stands, and then each change, until there is nothing more to come. Call what it returns when
   * it follows no more; `undefined` when there is nothing with this id, or too many follow already.
   */
  follow(id: string, follower: Follower): (() => void) | undefined {
    const subject = this.#options.find(id);
    if (subject === undefined || this.#followers.full) return undefined;
    for (const message of messagesOf(subject)) follower.message(JSON.stringify(message));
    const stop = this.#followers.add(id, follower);
    this.expectEnd(id, true);
    return stop;
  }

  /** Ends whoever follows, and what is to happen by itself. */
  close(): void {
    this.#followers.endAll();
    this.#deadlines.clear();
  }
}

/** Whether its owner's webhook hears of it: what a policy or the agent itself did is no news. */
function isNews(subject: Subject): boolean {
  if (isPermission(subject)) return subject.status !== 'used' && subject.decidedBy !== 'auto';
  return subject.status !== 'consumed' && subject.status !== 'cancelled';
}

function webhookOf(subject: Subject): Pick<WebhookNews, 'type' | 'data'> {
  const { id, status, reason } = subject;
  const [kind, name] = isPermission(subject) ? ['permission', 'permission_id'] : ['otp_request', 'request_id'];
  const fields = { [name!]: id, status, reason: reason ?? undefined };
  return { type: `${kind}.${status}`, data: { ...fields, data: fields } };
}

function messagesOf(subject: Subject): readonly object[] {
  return isPermission(subject) ? permissionMessages(subject) : relayMessages(subject);
}
