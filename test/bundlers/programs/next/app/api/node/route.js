import { logIn } from '../../../../log-in.mjs';

export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';

export async function POST(request) {
  return Response.json(await logIn(await request.json()));
}
