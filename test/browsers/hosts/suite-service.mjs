// Runs the suite in a service worker, when its page says so: between events it may be ended.
import { runSuite } from '../conformance/suite.mjs';
import { report } from './report.mjs';

addEventListener('message', (event) => event.waitUntil(report(runSuite)));
