import type { ServerEvent } from '../../src/sse/index.js';

/** The events of a whole stream, by the letter of HTML §9.2.6: slow, and written on its own. */
export function referenceEvents(bytes: Uint8Array): { events: ServerEvent[]; lastEventId: string } {
  const text = new TextDecoder().decode(bytes);
  const lines = text.split(/\r\n|\r|\n/);
  lines.pop(); // What follows the last line end is no line.
  const events: ServerEvent[] = [];
  let data = '';
  let type = '';
  let idBuffer = '';
  let lastEventId = '';
  for (const line of lines) {
    if (line === '') {
      lastEventId = idBuffer;
      if (data !== '') events.push({ type: type === '' ? 'message' : type, data: data.slice(0, -1), id: lastEventId });
      data = '';
      type = '';
      continue;
    }
    if (line.startsWith(':')) continue;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data += `${value}\n`;
    if (field === 'event') type = value;
    if (field === 'id' && !value.includes('\0')) idBuffer = value;
  }
  return { events, lastEventId };
}
