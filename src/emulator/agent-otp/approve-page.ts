import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { readBody } from '../body.js';
import { endpoint } from '../endpoint.js';
import { failureOf, Refusal } from '../envelope.js';
import { type Markup, page } from '../page.js';
import type { AgentOtpPlatform } from './platform.js';
import { isRecord } from './spelling.js';
import { isPermission, type Subject } from './subject.js';

/**
 * The page at an `approvalUrl`, in the place of the dashboard's, which does not exist (Agent OTP contract §1.1): whoever
 * opens it is taken for the owner and approves or denies; where `X-User-ID` is not trusted, nor is that, and the form asks
 * for the owner's secret. No script, no style, no session. The form carries a key that no page of another origin can read,
 * so that none can send it.
 */
export function approvePageRoutes(platform: AgentOtpPlatform): Hono {
  const app = new Hono();
  app.onError(failureOf);

  endpoint(app, '/approve/:id', {
    GET: (c) => {
      closeToOthers(c);
      const subject = platform.find(c.req.param('id') ?? '');
      return subject === undefined ? missingPage() : decisionPage(platform, subject);
    },
    POST: async (c) => {
      closeToOthers(c);
      const form = new URLSearchParams(new TextDecoder().decode(await readBody(c.req.raw)));
      const subject = platform.find(c.req.param('id') ?? '');
      if (subject === undefined) return missingPage();
      const origin = c.req.header('Origin');
      if (form.get('key') !== subject.formKey || (origin ?? ownOrigin(c)) !== ownOrigin(c)) {
        throw new Refusal(403, 'FORBIDDEN', 'The form is not of this page.');
      }
      const owner = platform.accounts.findOwner(subject.ownerId);
      if (!platform.settings.now.trustUserId && form.get('secret') !== owner?.ownerSecret) {
        return askPage(403, html`<p>This is not the owner's secret.</p>`);
      }
      const reason = form.get('reason')?.slice(0, 500) || null;
      const decided = platform.decide(subject, form.get('decision') === 'approve', { reason });
      return decided === undefined ? overPage(409, subject) : overPage(200, decided);
    },
  });
  return app;
}

/** The emulator lets pages of every origin read its answers; these they may not. */
function closeToOthers(c: Context): void {
  c.res.headers.delete('Access-Control-Allow-Origin');
}

function ownOrigin(c: Context): string {
  return new URL(c.req.url).origin;
}

function decisionPage(platform: AgentOtpPlatform, subject: Subject): Promise<Response> {
  if (subject.status !== 'pending' && subject.status !== 'pending_approval') return overPage(410, subject);
  const agent = platform.accounts.findAgent(subject.agentId)?.name ?? 'An agent';
  const rows: [string, unknown][] = isPermission(subject)
    ? [
        ['action', subject.action],
        ['resource', subject.resource],
        ['scope', subject.scope],
        ['context', subject.context],
      ]
    : [
        ['code for', subject.purpose],
        ['expected sender', subject.expectedSender],
        ['filter', subject.filter],
      ];
  return askPage(
    200,
    html`<p>${agent} asks, until ${new Date(subject.expiresAtMs).toISOString()}:</p>
  <dl>
    ${rows.map(([name, value]) => html`<dt>${name}<dd><code>${isRecord(value) ? JSON.stringify(value) : value}</code>`)}
  </dl>
  <form method="post">
    <input type="hidden" name="key" value="${subject.formKey}">
    ${secretField(platform)}
    <label>Reason <input name="reason" maxlength="500"></label>
    <button name="decision" value="approve">Approve</button>
    <button name="decision" value="deny">Deny</button>
  </form>`,
  );
}

function secretField(platform: AgentOtpPlatform): Markup | string {
  if (platform.settings.now.trustUserId) return '';
  return html`<label>Owner's secret <input type="password" name="secret" autocomplete="off" required></label>`;
}

function missingPage(): Promise<Response> {
  return askPage(404, html`<p>There is no such request.</p>`);
}

function overPage(status: number, subject: Subject): Promise<Response> {
  return askPage(status, html`<p>The request is <strong>${subject.status}</strong>.</p>`);
}

function askPage(status: number, main: Markup): Promise<Response> {
  return page(status, 'An agent asks', main);
}
