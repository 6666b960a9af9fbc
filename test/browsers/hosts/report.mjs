// What every host does: it asks the server what its run is about, and tells it what came of it.

/** This script's run: the page's, or what whoever started the worker has put into its URL. */
export const run = new URLSearchParams(location.search).get('run');

/** Does the run's work, and reports what it returns or throws. Never rejects. */
export async function report(work) {
  try {
    const context = await (await fetch(`/context?run=${run}`)).json();
    await tell({ value: await work(context) });
  } catch (error) {
    await fail(error);
  }
}

export function fail(error) {
  return tell({
    error: error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ''}` : String(error),
  });
}

function tell(outcome) {
  return fetch(`/report?run=${run}`, { method: 'POST', body: JSON.stringify(outcome) });
}
