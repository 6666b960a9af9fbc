#!/usr/bin/env node
import process from 'node:process';
import { run } from './run.js';

const interrupt = new AbortController();
const end = () => interrupt.abort(new Error('The user ended the program.'));
// A second Ctrl-C finds no handler any more and ends the process at once.
process.once('SIGINT', end);
process.once('SIGTERM', end);
// A reader that goes away, such as `head`, is no reason for a stack trace.
process.stdout.on('error', end);

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  env: process.env,
  isTerminal: process.stderr.isTTY === true,
  signal: interrupt.signal,
});
