import { Hono } from 'hono';
import { html } from 'hono/html';
import { readBody } from '../../body.js';
import { endpoint } from '../../endpoint.js';
import { failureOf } from '../../envelope.js';
import { type Markup, page } from '../../page.js';
import type { LimePlatform } from '../platform.js';
import { completeBinding } from './complete.js';

/**
 * The hosted page at a binding's `connect_url` (LIME contract §3.2), in the place of the portal's: whoever opens it picks
 * any agent, and is sent back to the site. No script, no style, no session.
 */
export function connectPageRoutes(platform: LimePlatform): Hono {
  const { bindings, accounts } = platform;
  const app = new Hono();
  app.onError(failureOf);

  for (const path of ['/connect/', '/connect']) {
    endpoint(app, path, {
      GET: (c) => {
        const binding = bindings.get(c.req.query('binding_id') ?? '');
        if (binding?.status !== 'PENDING') return overPage(binding === undefined ? 404 : 410);
        const agents = accounts.agents().filter(({ active, userSuspended }) => active && !userSuspended);
        return connectPage(
          200,
          html`<p>The site at <code>${new URL(binding.redirectUri).origin}</code> wants to be bound to an agent.</p>
  <form method="post">
    <input type="hidden" name="binding_id" value="${binding.bindingId}">
    <label>Agent <select name="agent_id">
      ${agents.map(
        ({ agentId, displayName }) => html`<option value="${agentId}">${displayName ?? 'Agent'} ${agentId}</option>`,
      )}
    </select></label>
    <button>Connect</button>
  </form>`,
        );
      },
      POST: async (c) => {
        const form = new URLSearchParams(new TextDecoder().decode(await readBody(c.req.raw)));
        const agent = accounts.agents().find(({ agentId }) => agentId === form.get('agent_id'));
        if (agent === undefined) return connectPage(400, html`<p>There is no such agent.</p>`);
        const bindingId = form.get('binding_id') ?? '';
        const completed = await completeBinding(platform, bindingId, agent);
        if (completed === undefined) return overPage(bindings.get(bindingId) === undefined ? 404 : 410);
        return new Response(null, { status: 303, headers: { Location: completed.redirectUrl } });
      },
    });
  }
  return app;
}

function overPage(status: 404 | 410): Promise<Response> {
  const text = status === 404 ? 'There is no such binding.' : 'This binding was completed or has expired.';
  return connectPage(status, html`<p>${text}</p>`);
}

function connectPage(status: number, main: Markup): Promise<Response> {
  return page(status, 'Connect an agent', main);
}
