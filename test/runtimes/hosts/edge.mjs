// Runs the suite in an edge function; the context is the request's body.
import { runSuite } from '../conformance/suite.mjs';

addEventListener('fetch', (event) => {
  event.respondWith(
    event.request
      .json()
      .then(runSuite)
      .then((results) => Response.json(results)),
  );
});
