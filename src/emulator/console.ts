import { html } from 'hono/html';
import type { Emulator } from './emulator.js';
import { NAME, page } from './page.js';

const MOST_ROWS = 50;

/** A page that shows the state. */
export function consolePage(emulator: Emulator): Promise<Response> {
  const logins = emulator.lime.listLoginRequests().slice(-MOST_ROWS).reverse();
  const permissions = emulator.agentOtp.listPermissions().filter(({ status }) => status === 'pending');
  const intents = emulator.axme.listIntents().slice(-MOST_ROWS).reverse();
  const requests = emulator.requests.slice(-MOST_ROWS).reverse();
  return page(
    200,
    NAME,
    html`<p>A development and test tool. It is ${new Date(emulator.clock.now()).toISOString()} here.</p>
  <h2>LIME login requests</h2>
  <table>
    <tr><th>id<th>status<th>difficulty<th>expires
    ${logins.map(
      (login) =>
        html`<tr><td>${login.requestId}<td>${login.status}<td>${login.difficulty}<td>${login.expiresAt.toISOString()}`,
    )}
  </table>
  <h2>Agent OTP permissions that are pending</h2>
  <table>
    <tr><th>id<th>action<th>status
    ${permissions
      .slice(-MOST_ROWS)
      .reverse()
      .map(({ id, action, status }) => html`<tr><td>${id}<td>${action}<td>${status}`)}
  </table>
  <h2>AXME intents</h2>
  <table>
    <tr><th>id<th>type<th>status
    ${intents.map(({ intentId, intentType, status }) => html`<tr><td>${intentId}<td>${intentType}<td>${status}`)}
  </table>
  <h2>Requests</h2>
  <table>
    <tr><th>at<th>method<th>path<th>status
    ${requests.map(
      ({ at, method, path, status }) =>
        html`<tr><td>${new Date(at).toISOString()}<td>${method}<td>${path}<td>${status ?? 'none'}`,
    )}
  </table>`,
  );
}
