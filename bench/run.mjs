// Answers questions on the runtime that runs this file. Everything must be built and installed, see main.mjs.
import os from 'node:os';
import process from 'node:process';
import { machine } from './machine.mjs';
import { readOptions } from './options.mjs';

const { questions, json, quick } = readOptions(process.argv.slice(2));
const say = (line) => process.stderr.write(`${line}\n`);

const load = os.loadavg()[0] / os.availableParallelism();
if (load > 0.5) say(`This machine is busy (load ${load.toFixed(1)} a core): expect a large spread.`);

const answers = {};
for (const name of questions) {
  const question = await import(`./${name}.mjs`);
  const answer = { ...machine(), ...(await question.answer({ quick, say })) };
  answers[name] = answer;
  if (!json) process.stdout.write(`${question.show(answer)}\n`);
  // A quick run is too coarse to be kept.
  if (!quick && !json) await (await import('./chart.mjs')).draw(answer, question.charts(answer));
}
if (json) process.stdout.write(`${JSON.stringify(questions.length === 1 ? answers[questions[0]] : answers)}\n`);
// The rivals leave handles of their own behind.
process.exit();
