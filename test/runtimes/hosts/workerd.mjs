// Runs the suite in a Worker; the context is the request's body.
import { runSuite } from '../conformance/suite.mjs';

export default {
  async fetch(request) {
    return Response.json(await runSuite(await request.json()));
  },
};
