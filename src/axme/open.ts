/** What AXME may add to any object: fields that this release does not know are handed on as they are. */
export interface Open {
  readonly [field: string]: unknown;
}

/** What most endpoints answer. */
export interface Reply extends Open {
  readonly ok: boolean;
}

/** The known values of an enumeration, and any that AXME adds. */
export type AnyOf<Known extends string> = Known | (string & {});

/** A JSON object whose fields are the application's own. */
export type JsonObject = Readonly<Record<string, unknown>>;
