// Lint rules: typed strictness everywhere, the walls between runtimes, and the sizes that keep files readable.
import tseslint from 'typescript-eslint';

/** A wall: what a folder may not import, with a message that says where the need belongs instead. */
const wall = (files, patterns) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

const noVscode = {
  group: ['vscode'],
  message: 'Only src/extension talks to VS Code. Let it hand in what is needed here.',
};
const noNode = {
  regex: '^(node:|(fs|path|os|worker_threads|child_process|url|util|crypto|events)$)',
  message: 'This folder also runs where there is no Node. Take the ability as an argument instead.',
};
const noOther = (folders, message) => ({
  regex: `(^|/)(${folders.join('|')})(/|$)`,
  message,
});

const nothingOutside = [
  'console',
  'process',
  'Date',
  'performance',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'document',
  'window',
  'navigator',
  'crypto',
  'Buffer',
].map((name) => ({
  name,
  message: 'The engine reaches nothing outside itself: EngineHost hands in what it needs.',
}));

export default tseslint.config(
  {
    ignores: [
      'dist',
      'out',
      '.cache',
      // AssemblyScript: looks like TypeScript, has another type system and its own compiler.
      'src/engine/devices/wasm/kernels',
      'media/sample',
      'test/fixtures',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Record<never, never> is meant: a failure without details, a request without parameters.
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      'max-lines': ['error', { max: 300, skipBlankLines: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'Every number shown is computed. Draws come from a seed: engine/sampling.',
        },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union of strings.' },
        { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
        { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file itself.' },
      ],
    },
  },
  {
    // Declarations describe what a runtime gives, in its own shapes.
    files: ['**/*.d.ts'],
    rules: { '@typescript-eslint/no-extraneous-class': 'off' },
  },
  wall(['src/protocol/**/*.ts'], [{ regex: '^[^.]', message: 'protocol imports nothing.' }]),
  wall(
    ['src/engine/**/*.ts'],
    [
      noVscode,
      noNode,
      noOther(['worker', 'extension', 'cli', 'webview'], 'engine stands on protocol alone.'),
    ],
  ),
  {
    files: ['src/engine/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...nothingOutside] },
  },
  {
    // A kernel has no structures to pass: arrays and sizes come one by one.
    files: ['src/engine/**/*.kernel.ts'],
    rules: { '@typescript-eslint/max-params': 'off' },
  },
  wall(
    ['src/gpu/**/*.ts'],
    [
      noVscode,
      noNode,
      noOther(['extension', 'cli', 'webview'], 'gpu brings GPU.js to the engine in a browser.'),
    ],
  ),
  wall(
    ['src/worker/**/*.ts'],
    [noVscode, noOther(['extension', 'cli', 'webview'], 'worker serves engine over protocol.')],
  ),
  wall(
    ['src/cli/**/*.ts'],
    [noVscode, noOther(['extension', 'webview'], 'cli uses engine and worker alone.')],
  ),
  wall(
    ['src/extension/**/*.ts'],
    [
      noOther(
        ['engine(?=/(model|devices|files|tensor|tokenizer|tracing|sampling))', 'webview', 'cli'],
        'The extension reaches the engine through its worker: protocol/engineApi.ts.',
      ),
    ],
  ),
  wall(
    ['webview/**/*.ts'],
    [
      noVscode,
      noNode,
      noOther(
        ['engine', 'worker', 'extension', 'cli'],
        'The panel asks its host: protocol/panelApi.ts.',
      ),
    ],
  ),
  {
    files: ['test/**/*.ts'],
    rules: {
      // A test suite is one function; its length says nothing about how hard it is to read.
      'max-lines-per-function': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    extends: [tseslint.configs.recommended],
    rules: { 'no-undef': 'off' },
  },
);
