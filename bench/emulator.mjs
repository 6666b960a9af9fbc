// The emulator in a process of its own, so that what it does is not counted as the client's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

/** Starts it: its addresses and tokens, `control` for its hooks, and `close`. */
export async function startEmulator() {
  const child = spawn(process.execPath, [program, 'emulator', '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const kill = () => child.kill();
  process.once('exit', kill);
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(([code]) => {
      throw new Error(`The emulator ended with ${code} before it was ready.`);
    }),
  ]);
  const description = JSON.parse(line);

  /** Calls a hook, such as `PATCH lime/settings`; its answer's data. */
  async function control(method, path, body) {
    const response = await fetch(`${description.url}/__emulator/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.error.message}`);
    return answer.data;
  }

  async function close() {
    kill();
    await ended;
    process.off('exit', kill);
  }
  return { ...description, control, close };
}
