// An agent on a page: it logs in to a site with the token that a person types, and shows how that goes.
import { isCountersignError } from 'countersign/errors';
import { LimeLogin } from 'countersign/lime/login';
import { createSolver } from 'countersign/pow';

const form = document.querySelector('form');
const status = document.querySelector('[role=status]');
const progress = document.querySelector('progress');
const show = (of, text) => {
  document.querySelector(`[data-of=${of}]`).textContent = text;
};

// Where the API is, and whether the page hosts the worker's file, is the server's to say: it writes the policy, too.
const { apiBase, workerUrl } = await (await fetch('config.json')).json();
const solver = createSolver({ workerUrl });

async function logIn({ agentToken, requestId }, signal) {
  const agent = new LimeLogin({ agentToken, baseUrl: apiBase, solver });
  try {
    const onProgress = ({ probability, hashesPerSecond }) => {
      progress.value = probability;
      status.textContent = `Solving at ${(hashesPerSecond / 1e6).toFixed(1)} million hashes a second …`;
    };
    return await agent.login(requestId, { signal, onProgress });
  } finally {
    await agent.close();
  }
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const stop = new AbortController();
  form.elements.stop.onclick = () => stop.abort();
  form.elements.stop.disabled = false;
  status.textContent = 'Logging in …';
  try {
    const { status: outcome, proofOfWork } = await logIn(Object.fromEntries(new FormData(form)), stop.signal);
    const { kernel, transport, hashes, elapsedMs } = proofOfWork;
    show('solved', `${kernel} on ${transport}: ${hashes} hashes in ${Math.round(elapsedMs)} ms`);
    status.textContent = outcome;
    progress.value = 1;
  } catch (error) {
    if (stop.signal.aborted) status.textContent = 'Stopped.';
    else status.textContent = isCountersignError(error) ? `${error.code}: ${error.message}` : String(error);
  }
  form.elements.stop.disabled = true;
});

const { kernels, transport, why } = await solver.findings();
show('kernels', kernels.available.join(', '));
show('transport', why ? `${transport}. ${why}` : transport);
