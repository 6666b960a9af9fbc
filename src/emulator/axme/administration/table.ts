/** Rows of one kind by their id, in the order in which they were added; most stand as they do on the wire. */
export class Table<Row extends object> {
  readonly #rows = new Map<string, Readonly<Row>>();
  readonly #max: number;

  /** @param max - At most so many are kept; then the oldest is dropped. Default 1000. */
  constructor(max = 1000) {
    this.#max = max;
  }

  add(id: string, row: Row): Readonly<Row> {
    const [oldest] = this.#rows.keys();
    if (this.#rows.size === this.#max && oldest !== undefined) this.#rows.delete(oldest);
    return this.#set(id, row);
  }

  get(id: string): Readonly<Row> | undefined {
    return this.#rows.get(id);
  }

  /** Changes what is given and is not `undefined`. `row` is the table's row of this `id`. */
  update(id: string, row: Row, changes: Changes<Row>): Readonly<Row> {
    return this.#set(id, { ...row, ...defined(changes) });
  }

  delete(id: string): void {
    this.#rows.delete(id);
  }

  /** Those that have every value of `where` that is not `undefined`; oldest first. */
  list(where: Changes<Row> = {}): readonly Readonly<Row>[] {
    const wanted = Object.entries(defined(where)) as [keyof Row, unknown][];
    return [...this.#rows.values()].filter((row) => wanted.every(([name, value]) => row[name] === value));
  }

  find(where: Changes<Row>): Readonly<Row> | undefined {
    return this.list(where)[0];
  }

  clear(): void {
    this.#rows.clear();
  }

  #set(id: string, row: Row): Readonly<Row> {
    this.#rows.set(id, Object.freeze(row));
    return row;
  }
}

/** Some of a row's values; `undefined` stands for one that is not given. */
export type Changes<Row> = { readonly [Name in keyof Row]?: Row[Name] | undefined };

/** What of it is not `undefined`. */
export function defined<Row extends object>(changes: Changes<Row>): Partial<Row> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<Row>;
}
