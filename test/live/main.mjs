// `npm run test:live -- --runs 3`: the scenarios against the real LIME, once unless told otherwise. What is not enabled says
// why; nothing secret is printed.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { scenarios } from './scenarios.mjs';
import { enabled, openWorld } from './world.mjs';

const { lacking, ...reasons } = enabled(process.env);
const { values } = parseArgs({ options: { runs: { type: 'string', default: '1' } } });
const runs = Number(values.runs);
const counts = { passed: 0, failed: 0, 'not run': 0 };
if (!Number.isInteger(runs) || runs < 1) {
  console.log('--runs must be a whole number of 1 or more.');
  process.exitCode = 1;
} else if (lacking.length > 0) {
  console.log(`LIME_INTEGRATION=1 needs ${lacking.join(' and ')}.`);
  process.exitCode = 1;
} else {
  await runAll();
  console.log(
    `\n${Object.entries(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ')}`,
  );
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

async function runAll() {
  const world = reasons.lime === undefined ? openWorld(process.env) : undefined;
  if (world !== undefined) console.log(`LIME at ${world.apiBase}, MCP server ${world.mcpUrl}\n`);
  for (let number = 1; number <= runs; number++) {
    if (runs > 1) console.log(`${number > 1 ? '\n' : ''}run ${number} of ${runs}`);
    for (const scenario of scenarios) await runOne(scenario, world);
  }
  await world?.close();
}

async function runOne({ name, needs, run }, world) {
  const reason = reasons[needs];
  if (reason !== undefined) return tell('not run', '-', `${name}: ${reason}`);
  try {
    await run(world);
    tell('passed', '✓', name);
  } catch (error) {
    // A failed assertion may quote what it compared, its first line does not.
    const [what] = String(error?.message).split('\n');
    tell('failed', '✗', `${name}: ${error?.code ?? error?.name}, ${what}`);
  }
}

function tell(what, mark, text) {
  counts[what]++;
  console.log(`${mark} ${text}`);
}
