// Tables and bars for a terminal.

const BAR_COLUMNS = 30;

export function bar(share) {
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * BAR_COLUMNS * 8);
  const rest = eighths % 8;
  return '█'.repeat(eighths >> 3) + (rest > 0 ? String.fromCodePoint(0x2590 - rest) : '');
}

/** Columns as wide as need be; numbers to the right. */
export function table(head, rows) {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const right = head.map((_, i) => rows.length > 0 && rows.every((row) => /^[±\d.,]+( %)?$/.test(row[i])));
  const pad = (cell, i) => (right[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]));
  return lines.map((line) => `  ${line.map(pad).join('  ')}`.trimEnd()).join('\n');
}
