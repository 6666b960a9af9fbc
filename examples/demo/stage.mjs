// How the demo speaks: headings, named lines and checks that are counted.
const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

let failed = 0;
let checked = 0;

export function heading(text) {
  console.log(`\n${paint(1, text)}`);
}

export function line(name, text) {
  console.log(`  ${paint(2, name.padEnd(12))} ${text}`);
}

export function check(what, isTrue) {
  checked++;
  if (!isTrue) failed++;
  console.log(`  ${isTrue ? paint(32, '✓'.padEnd(12)) : paint(31, '✗ FALSE'.padEnd(12))} ${what}`);
}

export function failures() {
  return failed;
}

export function checks() {
  return checked;
}

export function millions(value) {
  return `${(value / 1e6).toFixed(1)} million`;
}
