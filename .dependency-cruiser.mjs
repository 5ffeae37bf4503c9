/** The import rule of the architecture: imports run downward only. `npm run check:imports` fails on a breach. */
const node = 'src/main/node';
const nodeFolders = (names) => `^${node}/(${names})/`;

export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'common-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/common' },
      to: { path: '^src/', pathNot: '^src/common' },
    },
    { name: 'common-is-universal', severity: 'error', from: { path: '^src/common' }, to: { dependencyTypes: ['core'] } },
    {
      name: 'common-needs-only-zod',
      severity: 'error',
      from: { path: '^src/common' },
      to: { path: 'node_modules', pathNot: 'node_modules/zod' },
    },
    {
      name: 'node-knows-no-electron',
      severity: 'error',
      from: { path: `^${node}` },
      to: { path: '(^|/)node_modules/electron/|^electron$' },
    },
    { name: 'node-imports-down', severity: 'error', from: { path: `^${node}` }, to: { path: '^src/', pathNot: `^(${node}|src/common)` } },
    {
      name: 'cli-knows-no-electron',
      severity: 'error',
      from: { path: '^src/main/cli' },
      to: { path: '(^|/)node_modules/electron/|^electron$|^src/main/shell' },
    },
    {
      name: 'renderer-imports-common',
      severity: 'error',
      from: { path: '^src/renderer' },
      to: { path: '^src/', pathNot: '^src/(renderer|common|preload/api\\.ts)' },
    },
    { name: 'renderer-is-a-page', severity: 'error', from: { path: '^src/renderer' }, to: { dependencyTypes: ['core'] } },
    {
      name: 'component-library-in-design-only',
      severity: 'error',
      from: { path: '^src/renderer', pathNot: '^src/renderer/design' },
      to: { path: 'node_modules/(@mantine|@tabler|@xyflow|uplot|@codemirror|@lezer|@tanstack|@fontsource-variable)' },
    },
    {
      name: 'features-apart',
      severity: 'error',
      from: { path: '^src/renderer/features/([^/]+)/' },
      to: { path: '^src/renderer/features/', pathNot: '^src/renderer/features/($1|shared)/' },
    },
    {
      name: 'design-knows-no-feature',
      severity: 'error',
      from: { path: '^src/renderer/design' },
      to: { path: '^src/renderer/(features|app|state)' },
    },
    { name: 'preload-is-one-file', severity: 'error', from: { path: '^src/preload' }, to: { path: '^src/', pathNot: '^src/preload' } },
    {
      name: 'store-and-telemetry-lowest',
      severity: 'error',
      from: { path: nodeFolders('store|telemetry') },
      to: { path: nodeFolders('config|identity|trust|accounts|audit|router|services|http') },
    },
    {
      name: 'threads-below-parts',
      severity: 'error',
      from: { path: nodeFolders('threads') },
      to: { path: `^${node}/`, pathNot: `^${node}/(threads/|telemetry/|retry-delay\\.ts$|limits\\.ts$)` },
    },
    {
      name: 'identity-below-router',
      severity: 'error',
      from: { path: nodeFolders('identity|trust|accounts|audit|config') },
      to: { path: nodeFolders('router|services|http'), pathNot: 'router/types.ts$' },
    },
    {
      name: 'trust-needs-no-network',
      severity: 'error',
      from: { path: nodeFolders('identity|trust') },
      to: { path: nodeFolders('federation|accounts|audit|config') },
    },
    {
      name: 'membership-below-router',
      severity: 'error',
      from: { path: nodeFolders('links|membership') },
      to: { path: nodeFolders('router|services|http|federation|accounts|audit') },
    },
    {
      name: 'links-below-membership',
      severity: 'error',
      from: { path: nodeFolders('links|trust|identity') },
      to: { path: nodeFolders('membership') },
    },
    {
      name: 'peers-know-no-federation',
      severity: 'error',
      from: { path: nodeFolders('peers') },
      to: { path: nodeFolders('router|services|http|federation|ledger|broker|tunnel|membership|links|accounts|audit') },
    },
    {
      name: 'ledger-below-router',
      severity: 'error',
      from: { path: nodeFolders('ledger') },
      to: { path: nodeFolders('router|services|http|federation|membership|links|accounts') },
    },
    { name: 'identity-below-trust', severity: 'error', from: { path: nodeFolders('identity') }, to: { path: nodeFolders('trust') } },
    {
      name: 'router-below-services',
      severity: 'error',
      from: { path: nodeFolders('router') },
      to: { path: nodeFolders('services|http|accounts|config|audit') },
    },
    {
      name: 'peers-below-federation',
      severity: 'error',
      from: { path: nodeFolders('peers') },
      to: { path: nodeFolders('federation|ledger|router|services|http|membership|broker|tunnel|accounts|audit|config') },
    },
    { name: 'tests-never-imported', severity: 'error', from: { path: '^src' }, to: { path: '^(tests|scripts)/' } },
    {
      name: 'no-dev-dependency-in-node',
      severity: 'error',
      from: { path: `^(${node}|src/main/cli)` },
      to: { dependencyTypes: ['npm-dev'], pathNot: '@types/' },
    },
    { name: 'nothing-unresolved', severity: 'error', from: { path: '^src' }, to: { couldNotResolve: true, pathNot: '^electron$' } },
  ],
  options: {
    babelConfig: { fileName: 'scripts/dependency-cruiser.babel.json' },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: false,
    tsConfig: { fileName: 'tsconfig.node.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json', '.css'],
    },
  },
};
