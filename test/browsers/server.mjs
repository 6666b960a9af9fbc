// Serves the pages that browsers visit, and hears from them what came of each.
import { createServer } from 'node:http';

const TYPES = { html: 'text/html', js: 'text/javascript' };

/**
 * @typedef {object} Run what one visit is about
 * @property {string} script the path of the page's module script
 * @property {object} context what the script, and whatever it starts, is told
 * @property {Readonly<Record<string, string>>} [headers] more of the page's headers
 * @property {number} timeoutMs
 */

/**
 * @param {Map<string, { text: string | Uint8Array, headers?: Readonly<Record<string, string>> }>} scripts by path
 * @returns {Promise<{ expect(run: Run): { url: string, outcome: Promise<any> }, close(): void }>}
 */
export async function openServer(scripts) {
  const runs = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    const send = (status, type, text, headers = {}) =>
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', ...headers }).end(text);
    const script = scripts.get(pathname);
    const run = runs[Number(searchParams.get('run') ?? Number.NaN)];
    if (script) send(200, TYPES.js, script.text, script.headers);
    else if (!run) send(404, TYPES.html, '');
    else if (pathname === '/page') send(200, TYPES.html, page(run.script, searchParams.get('run')), run.headers);
    else if (pathname === '/context') send(200, 'application/json', JSON.stringify(run.context));
    else if (pathname === '/report') {
      run.settle(JSON.parse(await bodyOf(request)));
      send(204, TYPES.html);
    } else send(404, TYPES.html, '');
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // Not the address: a page's origin is trustworthy by this name too, and it is what people develop on.
  const origin = `http://localhost:${server.address().port}`;
  return {
    expect({ timeoutMs, ...run }) {
      const outcome = new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`The page said nothing for ${timeoutMs / 1000} s.`)),
          timeoutMs,
        );
        const settle = ({ value, error }) => {
          clearTimeout(timer);
          if (error === undefined) resolve(value);
          else reject(new Error(error));
        };
        runs.push({ ...run, settle });
      });
      return { url: `${origin}/page?run=${runs.length - 1}`, outcome };
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function page(script, run) {
  return `<!doctype html><title>countersign</title><script type="module" src="${script}?run=${run}"></script>`;
}

async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
