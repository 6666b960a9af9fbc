/** A frame of AXME contract §4.1. Its lines do not end where some clients see a line's end within the JSON. */
export function frame(event: string, data: object, id?: number): string {
  const json = JSON.stringify(data).replace(
    /[\u0085\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${json}\n\n`;
}
