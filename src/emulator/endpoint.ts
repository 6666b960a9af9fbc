import type { Context, Hono } from 'hono';
import { Refusal } from './envelope.js';

type Handler = (c: Context) => Response | Promise<Response>;

/** Serves `path` with one handler a method. Every other method is refused: 405 `METHOD_NOT_ALLOWED` with `Allow`. */
export function endpoint(app: Hono, path: string, handlers: Readonly<Record<string, Handler>>): void {
  for (const [method, handler] of Object.entries(handlers)) app.on(method, path, handler);
  const allow = Object.keys(handlers).join(', ');
  app.all(path, (c) => {
    throw new Refusal(405, 'METHOD_NOT_ALLOWED', `${c.req.method} is not allowed here.`, { Allow: allow });
  });
}

/** Refuses whatever no endpoint took: 404 `NOT_FOUND`. */
export function nothingElse(app: Hono): void {
  app.all('*', () => {
    throw new Refusal(404, 'NOT_FOUND', 'There is nothing at this path.');
  });
}
