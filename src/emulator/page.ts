import { html } from 'hono/html';

/** Markup whose values were escaped. */
export type Markup = ReturnType<typeof html>;

/** A page of the emulator's own: no script, no style, nothing from elsewhere, and in no frame of another's. */
export async function page(status: number, heading: string, main: Markup): Promise<Response> {
  const title = heading === NAME ? NAME : `${heading}: ${NAME}`;
  const text = await html`<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <meta name="color-scheme" content="light dark">
  <title>${title}</title>
  <h1>${heading}</h1>
  ${await main}
</html>`;
  return new Response(String(text), {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'Cache-Control': 'no-store',
    },
  });
}

export const NAME = 'countersign emulator';
