/**
 * A line for each row, its cells in columns.
 *
 * @param {readonly (readonly string[])[]} rows
 */
export function table(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `checks that hold / checks`, or a dash where there is none. */
export function count(results) {
  return results.length === 0 ? '-' : `${results.filter(({ ok }) => ok).length}/${results.length}`;
}
