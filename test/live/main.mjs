// `npm run test:live`: the scenarios against the real LIME. What is not enabled says why; nothing secret is printed.
import process from 'node:process';
import { scenarios } from './scenarios.mjs';
import { enabled, openWorld } from './world.mjs';

const { lacking, ...reasons } = enabled(process.env);
const counts = { passed: 0, failed: 0, 'not run': 0 };
if (lacking.length > 0) {
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
  for (const { name, needs, run } of scenarios) {
    const reason = reasons[needs];
    if (reason !== undefined) {
      tell('not run', '-', `${name}: ${reason}`);
      continue;
    }
    try {
      await run(world);
      tell('passed', '✓', name);
    } catch (error) {
      // A failed assertion may quote what it compared, its first line does not.
      const [what] = String(error?.message).split('\n');
      tell('failed', '✗', `${name}: ${error?.code ?? error?.name}, ${what}`);
    }
  }
  await world?.agent.close();
}

function tell(what, mark, text) {
  counts[what]++;
  console.log(`${mark} ${text}`);
}
