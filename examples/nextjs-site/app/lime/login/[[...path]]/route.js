import { loginRoutes } from '../../../../lib/site.js';

export const dynamic = 'force-dynamic';

export { loginRoutes as GET, loginRoutes as POST };
