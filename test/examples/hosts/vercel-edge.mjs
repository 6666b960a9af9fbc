// Runs the example's function as Vercel does.
import handler from '../../../examples/vercel-edge/api/log-in.mjs';

addEventListener('fetch', (event) => event.respondWith(handler(event.request)));
