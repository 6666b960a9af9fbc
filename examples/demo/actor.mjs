// A process of the play: it plays a scene when it is told to, and what it says is printed here.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { tell } from './stage.mjs';

/** The longest that a scene may take. */
const SCENE_MS = 30_000;

/** Starts `<name>.mjs` beside this file, with nothing of our environment but what is given. */
export function startActor(name, env) {
  const child = fork(new URL(`${name}.mjs`, import.meta.url), { env });
  let scene;
  child.on('message', ({ over, result, failure, said = [] }) => {
    for (const one of said) tell(name, one);
    if (over === undefined) return;
    if (failure === undefined) scene?.resolve(result);
    else scene?.reject(new Error(`${name} failed in “${over}”: ${failure}`));
  });
  child.once('exit', (code, signal) => scene?.reject(new Error(`the process ${name} ended with ${signal ?? code}`)));

  return {
    /** Resolves with what the scene returns. */
    async play(title, argument) {
      let timer;
      const ends = new Promise((resolve, reject) => {
        scene = { resolve, reject };
        timer = setTimeout(() => reject(new Error(`${name} does not end “${title}”`)), SCENE_MS);
      });
      try {
        child.send({ title, argument });
        return await ends;
      } finally {
        clearTimeout(timer);
        scene = undefined;
      }
    },
    /** Lets it close what it has open; resolves when the process has ended by itself. */
    async leave() {
      const ended = once(child, 'exit', { signal: AbortSignal.timeout(SCENE_MS) });
      child.send({ title: 'leave' });
      const [code, signal] = await ended;
      tell(name, { check: ['closed everything, and its process ended by itself', code === 0 && signal === null] });
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
}
