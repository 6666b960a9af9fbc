/** A JSON object, frozen with all that is in it. */
export type JsonObject = Readonly<Record<string, unknown>>;

// One for all: it keeps nothing between two whole decodings, and making a strict one takes longer than its work.
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads bytes as a JSON object in UTF-8. `undefined` if they are none, or if a key comes twice in an object, at any depth:
 * whoever reads the other one of the two would be told something else (RFC 8725 §2.4, RFC 7519 §4).
 */
export function parseJsonObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    const text = decoder.decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return freezeAll(value) === membersWritten(text) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

const [QUOTE, COLON, BACKSLASH] = [34, 58, 92];

/** How many members valid JSON text writes down: each has one colon outside strings. */
function membersWritten(text: string): number {
  let members = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === QUOTE) inString = !inString;
    else if (unit === BACKSLASH) i++;
    else if (unit === COLON && !inString) members++;
  }
  return members;
}

/** Freezes a JSON value and returns how many members its objects have. Not recursive: depth is the sender's choice. */
function freezeAll(root: object): number {
  let members = 0;
  const left: object[] = [root];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    const children = Object.values(Object.freeze(value));
    if (!Array.isArray(value)) members += children.length;
    for (const child of children) if (typeof child === 'object' && child !== null) left.push(child);
  }
  return members;
}
