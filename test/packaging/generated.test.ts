import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generate } from '../../scripts/generate-kernels.mjs';
import { root } from './packed.mjs';

it.each(Object.entries(generate()))('%s is what scripts/generate-kernels.mjs writes', (path, text) => {
  expect(readFileSync(`${root}${path}`, 'utf8') === text, 'run `npm run generate`').toBe(true);
});
