// npm run bench -- [pow|lengths|latency|pool|mcp|login|site|axme] [--json] [--quick] [--runtime node|bun|deno]
//
// Gets everything ready (it speaks on stderr only), then runs run.mjs on the runtime that is asked for.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { install, isInstalled } from '../scripts/setup/dependencies.mjs';
import { SetupError } from '../scripts/setup/error.mjs';
import { setup } from '../scripts/setup.mjs';
import { readOptions, USAGE } from './options.mjs';
import { commandOf } from './runtimes.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

try {
  const args = process.argv.slice(2);
  const { runtime, help } = readOptions(args);
  if (help) {
    process.stdout.write(USAGE);
  } else {
    await setup();
    if (!isInstalled(here)) {
      process.stderr.write('Installing what the bench compares with (npm ci in bench) …\n');
      await install(here, ['--ignore-scripts']);
    }
    const [command, ...before] = commandOf(runtime);
    const child = spawn(command, [...before, `${here}run.mjs`, ...args], { stdio: 'inherit' });
    child.on('error', (error) => fail(`${command} does not start: ${error.message}`));
    child.on('exit', (code) => {
      process.exitCode = code ?? 1;
    });
  }
} catch (error) {
  if (!(error instanceof SetupError || error instanceof TypeError)) throw error;
  fail(error.message);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
