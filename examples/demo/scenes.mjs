// What a process of the play needs: to be told which scene it is, and to speak.

/** Plays scenes as they are called for. `leave` is the last one: nothing may keep the process alive then. */
export function play(scenes) {
  process.on('message', async ({ title, argument }) => {
    let end;
    try {
      end = { over: title, result: await scenes[title](argument) };
    } catch (error) {
      end = { over: title, failure: String(error?.message) };
    }
    if (title !== 'leave') send(end);
    else if (end.failure === undefined) process.disconnect();
    else process.exit(1);
  });
  // Whoever called for scenes is gone. After `leave` that is as it should be, and the process has to end by itself.
  process.once('disconnect', () => setTimeout(() => process.exit(1), 2000).unref());
}

function send(message) {
  if (process.connected) process.send(message);
}

let block;

/** What is said meanwhile is told in one piece, so that nobody else's lines come between. */
export async function inOnePiece(work) {
  block = [];
  try {
    return await work();
  } finally {
    send({ said: block });
    block = undefined;
  }
}

export function line(name, text) {
  say({ line: [name, text] });
}

export function check(what, isTrue) {
  say({ check: [what, isTrue] });
}

function say(one) {
  if (block === undefined) send({ said: [one] });
  else block.push(one);
}
