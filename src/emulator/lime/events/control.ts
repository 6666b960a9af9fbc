import * as v from 'valibot';
import { EmulatorInputError, EmulatorNotFoundError } from '../../errors.js';
import { checkInput } from '../../input.js';
import type { Accounts } from '../accounts.js';
import type { LoginRequests } from '../login-requests.js';
import type { DeliveredEvent, EventHub } from './event-hub.js';
import type { EventStreamOptions } from './settings.js';

/** A stream that is open. */
export interface OpenStream {
  /** Counts from 1. */
  readonly stream: number;
  readonly siteId: string;
}

/** What happened on the event streams since the start or the last reset. */
export interface EventStats {
  /** Oldest first. */
  readonly openStreams: readonly OpenStream[];
  /** How many were opened. */
  readonly opened: number;
  /** The ids of the requests whose event waits for a stream, in the order of the events. */
  readonly undelivered: readonly string[];
  /** The latest ten thousand events that were written, newest last; one on two streams is there twice. */
  readonly delivered: readonly DeliveredEvent[];
}

/** Whose streams are meant. */
export interface OfSite {
  /** Default: the site that exists from the start. */
  readonly siteToken?: string | undefined;
}

export interface DropOptions {
  /** Only this site's. Default: every stream. */
  readonly siteToken?: string | undefined;
  /** `cut`: the connection breaks; `end`: the answer ends as it should. Default `cut`. */
  readonly how?: 'cut' | 'end' | undefined;
}

export interface CutOptions {
  /** How many events. Default 1. */
  readonly times?: number | undefined;
  /** How much of the frame is written; never its last byte. Default 10. */
  readonly afterBytes?: number | undefined;
}

/** Every setting of {@link EventStreamOptions}, to be read and set at any time. */
export type EventSettingValues = {
  -readonly [Name in keyof EventStreamOptions]-?: Exclude<EventStreamOptions[Name], undefined>;
};

/** What tests and scripts may do to the event streams of sites. Wrong input throws an `EmulatorInputError`. */
export interface EventsControl extends EventSettingValues {
  readonly stats: EventStats;
  /** Sets what is given, all or nothing. */
  configure(settings: EventStreamOptions): void;
  /** Breaks streams that are open. What was not delivered waits for the next one. Says how many there were. */
  drop(options?: DropOptions): number;
  /** Cuts the connection within the frame of the next event, which is not delivered by that. */
  cutNext(options?: CutOptions): void;
  /**
   * Tells of a login once more, as if what was written had been lost on the way: to the streams that are open, else to
   * the next one. Of one that is pending, or was approved and is past its time, there is nothing to tell.
   *
   * @throws {EmulatorNotFoundError} the id is unknown.
   */
  redeliver(requestId: string): void;
  /** Writes an `error` frame to the streams that are open. Says how many there are. */
  sendError(error?: { readonly code?: string | undefined; readonly message?: string | undefined } & OfSite): number;
  /** Writes a frame of this JSON, as the settings want it, to the streams that are open. Says how many there are. */
  sendFrame(frame: object, site?: OfSite): number;
  /** Writes this, however wrong, to the streams that are open. Says how many there are. */
  sendRaw(raw: string | Uint8Array, site?: OfSite): number;
}

const siteToken = v.optional(v.string());
const ofSite = v.strictObject({ siteToken });
const dropOptions = v.strictObject({ siteToken, how: v.optional(v.picklist(['cut', 'end']), 'cut') });
const cutOptions = v.strictObject({
  times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 1),
  afterBytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 10),
});
const errorFrame = v.strictObject({
  code: v.optional(v.string(), 'SITE_LOGIN_EVENT_CHANNEL_UNAVAILABLE'),
  message: v.optional(v.string(), 'The event channel is not available.'),
  siteToken,
});
const jsonObject = v.custom<object>((value) => typeof value === 'object' && value !== null, 'expected an object');
const rawBytes = v.union([
  v.pipe(
    v.string(),
    v.transform((text) => new TextEncoder().encode(text)),
  ),
  // What is changed later does not change what is written.
  v.pipe(
    v.instance(Uint8Array),
    v.transform((bytes) => Uint8Array.from(bytes)),
  ),
]);

export function createEventsControl(events: EventHub, requests: LoginRequests, accounts: Accounts): EventsControl {
  const siteIdOf = (token: string = accounts.site.token): string => {
    const site = accounts.findSite(token);
    if (site === undefined) throw new EmulatorInputError('events.siteToken: no site has this token.');
    return site.siteId;
  };
  return events.settings.on({
    get stats() {
      return Object.freeze({
        openStreams: events.streams.map(({ number, siteId }) => Object.freeze({ stream: number, siteId })),
        opened: events.opened,
        undelivered: events.undelivered,
        delivered: events.delivered,
      });
    },
    configure: (options: EventStreamOptions) => events.settings.update(options),
    drop(options: DropOptions = {}) {
      const { how, siteToken } = checkInput(dropOptions, options, 'drop');
      const siteId = siteToken === undefined ? undefined : siteIdOf(siteToken);
      const streams = events.streams.filter((stream) => siteId === undefined || stream.siteId === siteId);
      for (const stream of streams) stream[how]();
      return streams.length;
    },
    cutNext(options: CutOptions = {}) {
      const { times, afterBytes } = checkInput(cutOptions, options, 'cut');
      events.cutNext(times, afterBytes);
    },
    redeliver(requestId: string) {
      const request = requests.get(requestId);
      if (request === undefined) {
        throw new EmulatorNotFoundError('No login request has this id, or it was dropped.', { requestId });
      }
      events.announce(request);
    },
    sendError(error: Parameters<EventsControl['sendError']>[0] = {}) {
      const { siteToken, code, message } = checkInput(errorFrame, error, 'error');
      return events.send({ frame: { type: 'error', code, message } }, siteIdOf(siteToken));
    },
    sendFrame(frame: object, site: OfSite = {}) {
      const copy = structuredClone(checkInput(jsonObject, frame, 'frame'));
      return events.send({ frame: copy }, siteIdOf(checkInput(ofSite, site, 'site').siteToken));
    },
    sendRaw(raw: string | Uint8Array, site: OfSite = {}) {
      const bytes = checkInput(rawBytes, raw, 'raw');
      return events.send({ bytes }, siteIdOf(checkInput(ofSite, site, 'site').siteToken));
    },
  });
}
