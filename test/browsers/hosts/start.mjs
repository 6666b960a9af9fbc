// A page that starts the suite in a worker of the kind that its run names, and reports only what keeps it from starting.
import { fail, run } from './report.mjs';

const { kind, script } = await (await fetch(`/context?run=${run}`)).json();
const url = `${script}?run=${run}`;
const failed = ({ message }) => fail(new Error(message || `The ${kind} worker did not start.`));
const starts = {
  worker() {
    new Worker(url, { type: 'module' }).onerror = failed;
  },
  shared() {
    new SharedWorker(url, { type: 'module' }).onerror = failed;
  },
  async service() {
    const registration = await navigator.serviceWorker.register(url);
    (registration.installing ?? registration.active).postMessage('run');
  },
};

try {
  await starts[kind]();
} catch (error) {
  await fail(error);
}
