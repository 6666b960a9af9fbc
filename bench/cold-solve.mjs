// The first solve of a process; prints its milliseconds. Beside the call it counts the import of the package.
import process from 'node:process';

const [challenge, difficulty] = process.argv.slice(2);
const start = performance.now();
const { solve } = await import('../dist/pow.js');
await solve({ challenge, difficulty: Number(difficulty) });
process.stdout.write(String(performance.now() - start));
process.exit();
