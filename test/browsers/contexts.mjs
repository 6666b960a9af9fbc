// Where in a browser the suite runs, and by which script.

/**
 * @typedef {'page' | 'worker' | 'shared' | 'service'} ContextName
 */

/** @type {Readonly<Record<ContextName, { title: string, script: string }>>} */
export const contexts = {
  page: { title: 'page', script: '/esm/suite.js' },
  worker: { title: 'worker', script: '/esm/suite.js' },
  shared: { title: 'shared worker', script: '/esm/suite.js' },
  // It may not `import()`, so that all is in one file.
  service: { title: 'service worker', script: '/iife/suite-service.js' },
};
