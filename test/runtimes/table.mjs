/**
 * A line a check, a column a runtime: milliseconds where it holds.
 *
 * @param {{ name: string, ms?: number, results: { area: string, name: string, ok: boolean, ms: number }[] }[]} columns
 */
export function table(columns) {
  const titles = [...new Set(columns.flatMap(({ results }) => results.map(titleOf)))];
  const rows = titles.map((title) => [
    title,
    ...columns.map(({ results }) => {
      const result = results.find((one) => titleOf(one) === title);
      return result === undefined ? '-' : result.ok ? `${result.ms} ms` : '✗';
    }),
  ]);
  const head = ['', ...columns.map(({ name }) => name)];
  const foot = ['all', ...columns.map(({ ms }) => (ms === undefined ? 'missing' : `${(ms / 1000).toFixed(1)} s`))];
  const lines = [head, ...rows, foot];
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => pad(cell, widths[i], i > 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function pad(cell, width, right) {
  return right ? cell.padStart(width) : cell.padEnd(width);
}

function titleOf({ area, name }) {
  // solvesWithEveryKernel → solves with every kernel
  return `${area}: ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`;
}
