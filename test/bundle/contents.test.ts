import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { bundle, bundles } from './metafile';

const kib = 1024;

/** What every panel is made with. */
const panels = ['inspector', 'lab', 'vocabulary'];
const panelPackages = [
  '@lit/reactive-element',
  '@microsoft/fast-element',
  '@microsoft/fast-foundation',
  '@microsoft/fast-web-utilities',
  '@preact/signals-core',
  '@vscode/l10n',
  '@vscode/webview-ui-toolkit',
  'birpc',
  'exenv-es6',
  'lit',
  'lit-element',
  'lit-html',
  'tabbable',
  'tslib',
];

/** What reads the files of models: tokenizers and chat templates. */
const huggingface = ['@huggingface/jinja', '@huggingface/tokenizers'];
/** What lays the embedding table out in two dimensions. */
const mapPackages = ['is-any-array', 'ml-levenberg-marquardt', 'ml-matrix', 'ml-pca', 'umap-js'];

/** What may be in a bundle, and how large it may become: a little more than it is, so that growth is noticed. */
const limits: Readonly<Record<string, Limit>> = {
  extension: { packages: ['@vscode/l10n', 'birpc', 'ignore', 'valibot'], bytes: 256 * kib },
  labWorker: { packages: ['@huggingface/tokenizers', 'birpc', 'valibot'], bytes: 240 * kib },
  worker: {
    packages: [...huggingface, 'birpc', ...mapPackages, 'valibot'],
    // Training too, whose speed it measures.
    bytes: 400 * kib,
  },
  thread: { packages: [], bytes: 8 * kib },
  searchThread: { packages: [], bytes: 4 * kib },
  cli: {
    packages: [...huggingface, '@vscode/l10n', 'birpc', 'valibot'],
    bytes: 360 * kib,
  },
  gpu: { packages: ['@vscode/l10n'], bytes: 6 * kib },
  gpuWorker: {
    packages: [...huggingface, 'birpc', 'gpu.js', ...mapPackages, 'valibot'],
    bytes: 1064 * kib,
  },
  // GPU.js with the parser that it brings; its `gl` is an empty package.
  gpujs: { packages: ['acorn', 'gl', 'gpu-mock.js', 'gpu.js'], bytes: 680 * kib },
  inspector: { packages: panelPackages, bytes: 256 * kib },
  /** What the Inspector and its comparison share. Both are loaded with the panel: together at most 350,000 bytes. */
  chunk: { packages: panelPackages, bytes: 118 * kib },
  /** Loaded by who compares, copies, saves a picture or asks what a number is made of. */
  seldom: { packages: ['lit-html'], bytes: 76 * kib },
  sampling: {
    packages: [
      '@lit/reactive-element',
      '@preact/signals-core',
      '@vscode/l10n',
      'birpc',
      'lit',
      'lit-element',
      'lit-html',
    ],
    bytes: 48 * kib,
  },
  vocabulary: { packages: panelPackages, bytes: 160 * kib },
  lab: {
    packages: [
      ...panelPackages,
      'is-any-array',
      'ml-array-max',
      'ml-array-min',
      'ml-array-rescale',
      'ml-matrix',
      'ml-pca',
      'uplot',
    ],
    bytes: 400 * kib,
  },
};

interface Limit {
  readonly packages: readonly string[];
  readonly bytes: number;
}

/** Those that run where there is no Node. */
const browsers = [...panels, 'chunk', 'seldom', 'sampling', 'gpu', 'gpuWorker'];

describe('The bundles', () => {
  it('are those that the product consists of', () => {
    assert.deepEqual(
      bundles()
        .map(({ name }) => name)
        .sort(),
      Object.keys(limits).sort(),
    );
  });

  for (const [name, limit] of Object.entries(limits)) {
    it(`hold no unexpected package: ${name}`, () => {
      const unexpected = bundle(name).packages.filter((found) => !limit.packages.includes(found));
      assert.deepEqual(unexpected, []);
    });

    it(`stay small: ${name}`, () => {
      const { bytes } = bundle(name);
      assert.ok(bytes <= limit.bytes, `${name} has ${bytes} bytes, the limit is ${limit.bytes}`);
    });

    it(`leave only Node’s modules to their runtime, and vscode to the extension’s: ${name}`, () => {
      const nodes = browsers.includes(name)
        ? []
        : builtinModules.flatMap((id) => [id, `node:${id}`]);
      const given = name === 'extension' ? [...nodes, 'vscode'] : nodes;
      assert.deepEqual(
        bundle(name).external.filter((id) => !given.includes(id)),
        [],
      );
    });
  }

  it('open the Inspector with less than 350 kB of script', () => {
    // The files themselves: what was written is what esbuild counted less the indentation of templates.
    const bytes = statSync('dist/inspector.js').size + statSync('dist/chunk.js').size;
    assert.ok(bytes <= 350_000, `the Inspector opens with ${bytes} bytes`);
  });

  it('load no transformer in the extension host, and none in the panel', () => {
    for (const name of ['extension', 'gpu', ...panels]) {
      assert.deepEqual(
        bundle(name).inputs.filter((input) => input.startsWith('src/engine/')),
        [],
      );
    }
  });
});
