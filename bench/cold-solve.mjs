// The first solve of a process; prints its milliseconds. The import of the package is not counted.
import process from 'node:process';
import { solve } from '../dist/pow.js';

const [challenge, difficulty] = process.argv.slice(2);
const start = performance.now();
await solve({ challenge, difficulty: Number(difficulty) });
process.stdout.write(String(performance.now() - start));
process.exit();
