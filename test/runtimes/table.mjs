/**
 * @typedef {{ area: string, name: string, ok: boolean, ms: number }} Result
 * @typedef {object} Column
 * @property {string} name
 * @property {number} [ms]
 * @property {Result[]} results
 * @property {Readonly<Record<string, string>>} [lacks] areas that it cannot have, and why
 */

/**
 * A line a check, a column a runtime: milliseconds where it holds, a dot where it cannot be.
 *
 * @param {readonly Column[]} columns
 */
export function table(columns) {
  const titles = [...new Set(columns.flatMap(({ results }) => results.map(titleOf)))];
  const areaOf = new Map(columns.flatMap(({ results }) => results.map((result) => [titleOf(result), result.area])));
  const rows = titles.map((title) => [
    title,
    ...columns.map(({ results, lacks }) => {
      const result = results.find((one) => titleOf(one) === title);
      if (result === undefined) return lacks?.[areaOf.get(title)] === undefined ? '-' : '·';
      return result.ok ? `${result.ms} ms` : '✗';
    }),
  ]);
  return layOut(columns, rows);
}

/**
 * A line an area, a column a runtime: checks that hold of all its checks, a dot where it cannot have the area.
 *
 * @param {readonly Column[]} columns
 */
export function areaTable(columns) {
  const areas = [...new Set(columns.flatMap(({ results }) => results.map(({ area }) => area)))];
  const rows = areas.map((area) => [
    area,
    ...columns.map(({ results, lacks }) => {
      const ofArea = results.filter((result) => result.area === area);
      if (ofArea.length === 0) return lacks?.[area] === undefined ? '-' : '·';
      return `${ofArea.filter(({ ok }) => ok).length}/${ofArea.length}`;
    }),
  ]);
  return layOut(columns, rows);
}

function layOut(columns, rows) {
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

/** What the dots mean, a line for each reason. */
export function lackings(columns) {
  const lines = new Map();
  for (const { name, lacks = {} } of columns) {
    for (const [area, why] of Object.entries(lacks)) {
      const key = `${area}: ${why}`;
      lines.set(key, [...(lines.get(key) ?? []), name]);
    }
  }
  return [...lines].map(([key, names]) => `· ${key} (${names.join(', ')}).`);
}

/**
 * Checks that one column has and another has not, though nothing says that it cannot: as failures.
 *
 * @param {Column} column
 * @param {readonly Column[]} columns
 * @returns {Result[]}
 */
export function holesOf({ results, lacks = {} }, columns) {
  const own = new Set(results.map(titleOf));
  const others = new Map(columns.flatMap((column) => column.results.map((result) => [titleOf(result), result])));
  return [...others]
    .filter(([title, { area }]) => !own.has(title) && lacks[area] === undefined)
    .map(([, { area, name }]) => ({ area, name, ok: false, ms: 0, error: 'It was not run here.' }));
}

function pad(cell, width, right) {
  return right ? cell.padStart(width) : cell.padEnd(width);
}

function titleOf({ area, name }) {
  // solvesWithEveryKernel → solves with every kernel
  return `${area}: ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`;
}
