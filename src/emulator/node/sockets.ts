import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Emulator } from '../emulator.js';
import { EmulatorError } from '../errors.js';
import { isCuttable } from '../faults/cut.js';

/** The sockets of an emulator. */
export interface Sockets {
  /** Serves the sockets of a server. */
  attach(server: Server): void;
  /** Cuts those that are open. */
  close(): void;
}

/** A client has little to say: `{"type":"ping"}`. */
const MAX_MESSAGE_BYTES = 4096;
const TRY_AGAIN_LATER = 1013;

/**
 * Agent OTP's sockets (Agent OTP contract §3.6). Whether one may be opened is what the emulator's `fetch` says, with a 426,
 * so that the log sees it and faults meet it; `lose: 'midway'` cuts it after the first message.
 */
export function emulatorSockets(emulator: Emulator): Sockets {
  const server = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: MAX_MESSAGE_BYTES });
  const connections = new Set<Duplex>();

  async function open(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const gone = new AbortController();
    connections.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      connections.delete(socket);
      gone.abort();
    });
    const request = requestOf(incoming, gone.signal);
    if (request === undefined) return refuse(socket, new Response('The request cannot be read.', { status: 400 }));
    const answer = await emulator.fetch(request);
    if (answer.status !== 426 || !answer.headers.has('Upgrade')) return refuse(socket, answer);
    const cuts = answer.body !== null && isCuttable(answer.body);
    await answer.body?.cancel();
    server.handleUpgrade(incoming, socket, head, (opened) => serve(opened, request, cuts));
  }

  function serve(socket: WebSocket, request: Request, cuts: boolean): void {
    const id = decodeURIComponent(new URL(request.url).pathname.split('/').at(-1) ?? '');
    // Whatever is wrong with a socket, it closes after that.
    socket.on('error', () => {});
    socket.on('message', (data) => {
      if (isPing(String(data))) socket.send('{"type":"pong"}');
    });
    try {
      const stop = emulator.agentOtp.follow(id, {
        message: (text) => socket.send(text, () => cuts && socket.terminate()),
        end: () => socket.close(),
      });
      socket.on('close', stop);
    } catch (error) {
      // There are too many, or it was dropped in between.
      if (!(error instanceof EmulatorError)) throw error;
      socket.close(TRY_AGAIN_LATER);
    }
  }

  return {
    attach(http) {
      http.on('upgrade', (incoming, socket, head) => {
        if (incoming.headers.upgrade?.toLowerCase() !== 'websocket') return resume(http, incoming, socket, head);
        open(incoming, socket, head).catch(() => socket.destroy());
      });
    },
    close() {
      for (const socket of connections) socket.destroy();
    },
  };
}

/** `undefined` when its head makes no URL. */
function requestOf({ url = '', headers }: IncomingMessage, signal: AbortSignal): Request | undefined {
  const address = `http://${headers.host}${url}`;
  if (!URL.canParse(address)) return undefined;
  const sent = Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []));
  return new Request(address, { headers: sent as [string, string][], signal });
}

/** Answers what is no socket as plain HTTP. */
async function refuse(socket: Duplex, answer: Response): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer());
  const headers = [...answer.headers].filter(([name]) => name !== 'content-length');
  const lines = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  socket.end(body);
}

/**
 * Gives a request that offers another protocol back to the server without the offer, which HTTP lets it ignore. Node only
 * ignores it where nothing serves upgrades, and Java's client offers h2c with every request.
 */
function resume(server: Server, incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = incoming;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (!/^(connection|upgrade|http2-settings)$/i.test(name)) lines.push(`${name}: ${rawHeaders[i + 1]}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

function isPing(text: string): boolean {
  try {
    return JSON.parse(text)?.type === 'ping';
  } catch {
    return false;
  }
}
