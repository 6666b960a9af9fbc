/** One endpoint of the gateway, as data: its request line, and where the arguments of the method go (AXME contract §2). */
export interface Operation {
  readonly verb: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** The names in braces are the method's first arguments, in their order. */
  readonly path: `/${string}`;
  /** May the client send it again by itself (column Rep.)? Default: `with_key` for POST and PATCH, else `always`. */
  readonly repeatable?: 'always' | 'with_key' | 'never';
  /** Whether the service declares that it heeds an idempotency key, so that the client makes one. Default `false`. */
  readonly declaresKey?: boolean;
  /** The arguments after those of the path, by their names on the wire; `payload` is the whole body. */
  readonly args?: readonly string[];
  /** Which of the arguments may be any JSON value; the others are text. */
  readonly json?: readonly string[];
  /** What goes into the query, by its names on the wire: arguments, or options of the same name in camelCase. */
  readonly query?: readonly string[];
  /** What makes up the body where there is no `payload`, named as in `query`. */
  readonly body?: readonly string[];
  /** Which of the options must be there, by their names on the wire. */
  readonly required?: readonly string[];
  /** Whether the ids in the path are repeated in the body, as its schema wants (AXME contract §9.4). */
  readonly idsInBody?: boolean;
}
