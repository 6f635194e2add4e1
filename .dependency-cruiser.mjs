/** The import rule (ARCHITECTURE.md): imports point inwards. `test/boundaries.test.ts` shows that each rule bites. */
const inside = (from, allowed) => ({ from: { path: from }, to: { path: '^(src|adapters|bots|jobs|test)/', pathNot: allowed } });

export default {
  forbidden: [
    { name: 'core-uses-only-itself', severity: 'error', ...inside('^src/core/', '^src/core/') },
    {
      name: 'core-does-no-io',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'adapters-stay-apart',
      severity: 'error',
      ...inside('^adapters/([^/]+)/', '^(src/core/|src/errors\\.ts$|adapters/adapter\\.ts$|adapters/$1/)'),
    },
    { name: 'bots-stay-apart', severity: 'error', ...inside('^bots/([^/]+)/', '^(src/core/|src/errors\\.ts$|bots/bot\\.ts$|bots/$1/)') },
    {
      name: 'jobs-use-interfaces',
      severity: 'error',
      ...inside('^jobs/', '^(src/core/|src/errors\\.ts$|adapters/adapter\\.ts$|bots/bot\\.ts$|jobs/job\\.ts$)'),
    },
    { name: 'embedded-knows-nothing', severity: 'error', ...inside('^src/embedded/', '^src/embedded/') },
    {
      name: 'embedded-is-two-doors',
      severity: 'error',
      from: { path: '^(src|adapters|bots|jobs)/', pathNot: '^src/embedded/' },
      to: { path: '^src/embedded/', pathNot: '^src/embedded/(index|offline)\\.ts$' },
    },
    {
      name: 'product-does-not-import-tests',
      severity: 'error',
      from: { path: '^(src|adapters|bots|jobs)/' },
      to: { path: '^(test|bench)/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'] },
  },
};
