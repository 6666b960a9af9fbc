import type { Page } from './dialect.js';

/** One page of `all`, each item as `body` writes it. */
export function pageOf<Item>(
  all: readonly Item[],
  { page, limit }: { readonly page: number; readonly limit: number },
  body: (item: Item) => object,
): Page {
  const items = all.slice((page - 1) * limit, page * limit).map(body);
  return { items, page, limit, total: all.length };
}
