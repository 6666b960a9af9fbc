import { cookies } from 'next/headers';
import { sessions } from '../../lib/site.js';

export async function GET() {
  const session = sessions.get((await cookies()).get('session')?.value);
  return session === undefined ? Response.json({ error: 'Log in first.' }, { status: 401 }) : Response.json(session);
}
