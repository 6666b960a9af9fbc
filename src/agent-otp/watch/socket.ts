import { isObject } from '../fields.js';

/** What the client needs of a WebSocket: the global one, or the one of `ws`. */
export interface SocketLike {
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  send(data: string): void;
  close(): void;
  /** Ends it without waiting for the other side, where the class can: that of `ws` waits 30 s, which keeps a process alive. */
  terminate?(): void;
}

export type WebSocketConstructor = new (url: string) => SocketLike;

/** What a socket tells of one permission. Each is a hint, to be confirmed by asking. */
export interface SocketEvents {
  opened(): void;
  /** The status, and the token where it comes along: a socket may be the only one to tell it (Agent OTP contract §3.6). */
  said(status: string, token: string | undefined): void;
  /** It failed or was closed by the other side: from here on polling must do. */
  gone(): void;
}

// A message is a status and a token; whoever sends more is not Agent OTP.
const LONGEST_MESSAGE = 65_536;

/**
 * Follows one permission or relay request over a socket. What it returns closes it, after which it tells nothing.
 *
 * @see Agent OTP contract §3.6
 */
export function openSocket(WebSocket: WebSocketConstructor, url: string, id: string, events: SocketEvents): () => void {
  let open = true;
  const end = () => {
    if (!open) return;
    open = false;
    events.gone();
  };
  let socket: SocketLike;
  try {
    socket = new WebSocket(url);
  } catch {
    events.gone();
    return () => {};
  }
  socket.addEventListener('open', () => {
    if (open) events.opened();
  });
  socket.addEventListener('message', ({ data }) => {
    if (!open) return;
    const message = readMessage(data, id);
    if (message === 'ping') socket.send('{"type":"pong"}');
    else if (message === 'error') {
      end();
      close(socket);
    } else if (message !== undefined) events.said(message.status, message.token);
  });
  socket.addEventListener('error', end);
  socket.addEventListener('close', end);
  return () => {
    open = false;
    close(socket);
  };
}

function close(socket: SocketLike): void {
  try {
    if (socket.terminate === undefined) socket.close();
    else socket.terminate();
  } catch {
    // It is given up either way; some throw when they are closed before they are open.
  }
}

/** A message in its flat form or in the one with a payload. */
function readMessage(data: unknown, id: string) {
  if (typeof data !== 'string' || data.length > LONGEST_MESSAGE) return undefined;
  let message: unknown;
  try {
    message = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (!isObject(message)) return undefined;
  const { type, payload } = message;
  if (type === 'ping' || type === 'error') return type;
  const told = isObject(payload) ? payload : message;
  const about = told['permissionId'] ?? told['permission_id'] ?? told['otpRequestId'] ?? told['otp_request_id'] ?? id;
  const status = told['status'] ?? (type === 'expired' || type === 'otp_received' ? type : undefined);
  if (about !== id || typeof status !== 'string') return undefined;
  return { status, token: typeof told['token'] === 'string' ? told['token'] : undefined };
}

/**
 * The address of a socket that a server offers, or `undefined` if it is none. Servers call it `wss` even where they speak
 * plain HTTP on this machine (Agent OTP contract §1.1).
 */
export function socketUrl(offered: string | undefined, baseUrl: string): string | undefined {
  if (offered === undefined || !URL.canParse(offered)) return undefined;
  const url = new URL(offered);
  if (url.protocol !== 'wss:' && url.protocol !== 'ws:') return undefined;
  const base = new URL(baseUrl);
  if (base.protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(base.hostname)) url.protocol = 'ws:';
  return url.href;
}
