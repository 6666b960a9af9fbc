// How the demo speaks: headings, and lines that are marked by who says them. Checks are counted.
const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
const colours = { lime: 33, site: 35, agent: 36, owner: 32 };

let failed = 0;
let checked = 0;

export function heading(text) {
  console.log(`\n${paint(1, text)}`);
}

/** Prints what somebody says: `{ line: [name, text] }` or `{ check: [what, isTrue] }`. */
export function tell(who, { line, check }) {
  const mark = paint(colours[who], `${who.padEnd(5)} │`);
  if (line !== undefined) console.log(`  ${mark} ${paint(2, line[0].padEnd(11))} ${line[1]}`);
  if (check === undefined) return;
  const [what, isTrue] = check;
  checked++;
  if (!isTrue) failed++;
  console.log(`  ${mark} ${isTrue ? paint(32, '✓'.padEnd(11)) : paint(31, '✗ FALSE'.padEnd(11))} ${what}`);
}

export function failures() {
  return failed;
}

export function checks() {
  return checked;
}
