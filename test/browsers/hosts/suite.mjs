// Runs the suite at once: on a page, in a Web Worker, in a shared worker.
import { runSuite } from '../conformance/suite.mjs';
import { report } from './report.mjs';

report(runSuite);
