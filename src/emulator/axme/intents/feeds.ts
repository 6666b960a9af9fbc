import { fullAddress } from '../agents.js';
import { Watchers } from '../watchers.js';

/** An intent that was handed to an agent. */
export interface FeedItem {
  /** Rises over all intents of the agent (AXME contract §4.4). */
  readonly seq: number;
  readonly intentId: string;
}

interface Feed {
  lastSeq: number;
  readonly items: FeedItem[];
}

/** At most so many agents have a feed; then the oldest is forgotten. */
const MAX_FEEDS = 2000;
/** At most so many items of a feed are kept; then the oldest is dropped. */
const MAX_ITEMS = 10_000;

/** What was handed to each agent, for its inbound stream (AXME contract §4.4). */
export class AgentFeeds {
  /** Who waits for an agent's items, by its address. */
  readonly watchers: Watchers = new Watchers();
  readonly #feeds = new Map<string, Feed>();

  add(address: string, intentId: string): FeedItem {
    const name = fullAddress(address);
    const feed = this.#feeds.get(name) ?? { lastSeq: 0, items: [] };
    this.#feeds.set(name, feed);
    if (this.#feeds.size > MAX_FEEDS) this.#feeds.delete(this.#feeds.keys().next().value as string);
    feed.lastSeq += 1;
    const item = Object.freeze({ seq: feed.lastSeq, intentId });
    feed.items.push(item);
    if (feed.items.length > MAX_ITEMS) feed.items.shift();
    this.watchers.wake(name);
    return item;
  }

  /** The items after `since`, oldest first. */
  *itemsAfter(address: string, since: number): Generator<FeedItem> {
    const items = this.#feeds.get(fullAddress(address))?.items ?? [];
    // Numbers follow each other without gaps, so that an item's place follows from its number.
    for (let at = Math.max(0, since + 1 - (items[0]?.seq ?? 1)); at < items.length; at++) {
      yield items[at] as FeedItem;
    }
  }

  clear(): void {
    this.#feeds.clear();
  }
}
