// The site. It has the site token, and learns of logins by its event stream.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { InvalidPassportError, LimeSite } from 'countersign/lime';
import { check, inOnePiece, line, play } from './scenes.mjs';

const site = new LimeSite();
/** What came of the login that a visitor began, by the visitor's cookie. */
const visits = new Map();
const requests = [];

const server = createServer(async (request, response) => {
  requests.push(request.headers);
  const answer = (status, body, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
  try {
    if (request.url === '/login' && request.method === 'POST') {
      const { requestId, visit } = await begin();
      return answer(201, { requestId }, { 'set-cookie': `visit=${visit}; HttpOnly; SameSite=Lax` });
    }
    const session = await visits.get(request.headers.cookie?.replace('visit=', ''));
    if (session === undefined) return answer(401, { error: 'Log in first.' });
    answer(200, { hello: session.agentId });
  } catch (error) {
    answer(500, { error: error.code ?? error.name });
  }
});

async function begin() {
  const { requestId, status } = await site.createLoginRequest();
  line('request', `${requestId}, ${status}`);
  const visit = randomUUID();
  const session = openSession(requestId);
  // Who began the login hears of a failure; until then nobody does.
  session.catch(() => {});
  visits.set(visit, session);
  return { requestId, visit };
}

async function openSession(requestId) {
  const { passport } = await site.waitForLogin(requestId, { timeoutMs: 20_000 });
  return inOnePiece(() => examine(passport, requestId));
}

async function examine(passport, requestId) {
  line('event', 'the agent has logged in, and here is its passport');
  check('a passport that was tampered with is refused', (await refusal(tampered(passport))) === 'JWT_SIGNATURE');
  check('a passport for another login is refused', (await refusal(passport, 'another')) === 'PASSPORT_REQUEST');

  const start = performance.now();
  const { agentId, userId, expiresAt, claims } = await site.verifyPassport(passport, { expectedRequestId: requestId });
  line('passport', `of ${agentId}, verified in ${(performance.now() - start).toFixed(1)} ms`);
  line('issuer', claims.iss);
  line('audience', claims.aud);
  line('request', claims.request_id);
  const seconds = claims.exp - claims.iat;
  check(`it is for this login, and lives ${seconds} s`, claims.request_id === requestId && seconds <= 120);
  check('it has not expired, and says whose agent it is', expiresAt > new Date() && userId !== null);
  check('used a second time, it is refused', (await refusal(passport, requestId)) === 'PASSPORT_REPLAYED');
  const { status } = await site.getLoginRequest(requestId);
  check(`LIME says that it is ${status}`, status === 'DELIVERED');
  line('session', `opened for ${agentId}`);
  return { agentId };
}

/** Which check a passport fails. */
async function refusal(passport, expectedRequestId) {
  try {
    await site.verifyPassport(passport, { expectedRequestId });
    return undefined;
  } catch (error) {
    if (error instanceof InvalidPassportError) return error.code;
    throw error;
  }
}

/** The same token with another claim, under the old signature. */
function tampered(jwt) {
  const [header, payload, signature] = jwt.split('.');
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url')), sub: 'somebody-else' };
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
}

play({
  async open() {
    server.listen(0, 'localhost');
    await once(server, 'listening');
    const url = `http://localhost:${server.address().port}`;
    line('process', `${process.pid}, a site at ${url}`);
    await site.ready();
    line('events', 'its stream is open');
    return url;
  },
  secrets() {
    const all = JSON.stringify(requests);
    check('the site saw no token of the agent', requests.length > 0 && !/x-agent-token|authorization|eyJ/.test(all));
  },
  async leave() {
    await site.close();
    server.close();
    server.closeAllConnections();
  },
});
