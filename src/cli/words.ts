/** Figures and texts as people read them. */

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function duration(ms: number): string {
  if (ms < 1_000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  return `${(ms / 1_000).toFixed(1)} s`;
}

export function rate(hashes: number, elapsedMs: number): string {
  return `${(hashes / Math.max(elapsedMs, 0.001) / 1_000).toFixed(1)} million hashes/s`;
}

// Everything that moves a terminal's cursor, rings or changes its state, and the marks that turn the direction of text.
const CONTROL = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** What a server said, safe on a terminal: control characters but line ends and tabs are shown as `\u001b`. */
export function printable(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(CONTROL, (character) =>
      character === '\n' || character === '\t'
        ? character
        : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

/** The same in one line. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ').trim());
}
