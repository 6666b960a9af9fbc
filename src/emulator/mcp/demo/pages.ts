import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import type { McpSettings } from '../settings.js';

/** The page of `all` that `cursor` names: the first without one. The last has no `nextCursor`. */
export function page<Item>(
  all: readonly Item[],
  cursor: string | undefined,
  { pageSize, repeatCursor }: Pick<McpSettings['now'], 'pageSize' | 'repeatCursor'>,
): { items: Item[]; nextCursor?: string } {
  const start = cursor === undefined ? 0 : startOf(cursor);
  if (!(start <= all.length)) throw new McpError(ErrorCode.InvalidParams, 'The cursor is not one of this server.');
  const end = start + pageSize;
  const items = all.slice(start, end);
  if (repeatCursor) return { items, nextCursor: cursor ?? cursorOf(Math.min(end, all.length)) };
  return end < all.length ? { items, nextCursor: cursorOf(end) } : { items };
}

function cursorOf(start: number): string {
  return btoa(`from ${start}`);
}

function startOf(cursor: string): number {
  try {
    return Number(/^from (\d+)$/.exec(atob(cursor))?.[1]);
  } catch {
    return Number.NaN;
  }
}
