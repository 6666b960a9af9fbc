import { fileURLToPath } from 'node:url';

// Where Next.js itself is installed.
const root = fileURLToPath(new URL('../../..', import.meta.url));

export default { turbopack: { root } };
