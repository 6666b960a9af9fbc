import { McpFailure } from './errors.js';
import type { McpCall, McpConnection, McpLists } from './port.js';

/** No list is this long: a server that goes on is broken. */
const MOST_PAGES = 10_000;

/** Every item of a list, page after page. @throws {McpFailure} `INVALID_RESPONSE`: the list never ends. */
export async function readAllPages<Kind extends keyof McpLists>(
  kind: Kind,
  connection: McpConnection,
  call: McpCall,
): Promise<McpLists[Kind][]> {
  const all: McpLists[Kind][] = [];
  const cursors = new Set<string>();
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await connection.page(kind, cursor, call);
    for (const item of items) all.push(item);
    if (nextCursor === undefined) return all;
    if (cursors.has(nextCursor) || cursors.size >= MOST_PAGES) {
      throw new McpFailure(
        'INVALID_RESPONSE',
        `The MCP server's list of ${kind} never ends: page ${cursors.size + 1} leads to one that was read already, or beyond ${MOST_PAGES} pages.`,
      );
    }
    cursors.add(nextCursor);
    cursor = nextCursor;
  }
}
