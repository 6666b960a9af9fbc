import { loginPage } from '../../login-page.mjs';

export function GET() {
  return new Response(loginPage, { headers: { 'content-type': 'text/html; charset=utf-8' } });
}
