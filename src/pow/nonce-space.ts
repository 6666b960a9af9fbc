import { type Layout, layouts } from './layout.js';
import type { Slice } from './search.js';

/** All nonces behind a prefix, handed out in slices that never overlap. */
export class NonceSpace {
  readonly #layouts: readonly Layout[];
  #layout = 0;
  #row = 0;
  readonly #returned: Slice[] = [];

  constructor(tailBytes: number) {
    this.#layouts = layouts(tailBytes);
  }

  get exhausted(): boolean {
    return this.#returned.length === 0 && this.#layout >= this.#layouts.length;
  }

  /** About `hashes` nonces that nobody was given yet, at least a row; `undefined` when all are used up. */
  take(hashes: number): Slice | undefined {
    const again = this.#returned.pop();
    if (again) return again;
    const layout = this.#layouts[this.#layout];
    if (!layout) return undefined;
    const firstRow = this.#row;
    const rows = Math.min(Math.max(1, Math.floor(hashes / layout.rowNonces)), layout.rows - firstRow);
    this.#row += rows;
    if (this.#row >= layout.rows) {
      this.#layout++;
      this.#row = 0;
    }
    return { layout, firstRow, rows };
  }

  /** Takes back a slice whose worker was lost. */
  putBack(slice: Slice): void {
    this.#returned.push(slice);
  }
}
