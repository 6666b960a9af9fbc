/** Something that webhooks may tell of (AXME contract §2.11). */
export interface Announcement {
  readonly type: string;
  /** Whose subscriptions hear of it. */
  readonly ownerAgent: string;
  readonly source: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** How families of the gateway tell each other what happened, without knowing each other. */
export class Announcements {
  readonly #listeners = new Set<(announcement: Announcement) => void>();

  on(listener: (announcement: Announcement) => void): void {
    this.#listeners.add(listener);
  }

  announce(announcement: Announcement): void {
    for (const listener of this.#listeners) listener(announcement);
  }
}
