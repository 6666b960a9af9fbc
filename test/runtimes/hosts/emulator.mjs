// An emulator in a process of its own. It prints its one line, and ends when whoever started it does.
import process from 'node:process';
import { startEmulator } from 'countersign/emulator/node';

const emulator = await startEmulator();
console.log(JSON.stringify(emulator));
process.stdin.resume();
process.stdin.once('end', () => emulator.close());
