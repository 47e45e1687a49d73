// Every operation on the backends of GPU.js that are there in browsers, and a whole model against PyTorch.
import assert from 'node:assert/strict';
import { assertClose } from '../support/closeness';
import { readOracle } from '../support/oracle';
import { parityFamilies } from '../support/parityFamilies';
import type { BrowserBackend, PageTests, PlainModel } from './backendPage';
import { openGpuPage, type GpuPage } from './browser';

declare const tests: PageTests;

for (const backend of ['webgl2', 'webgpu'] as const) {
  describe(`GPU.js ${backend} in a browser`, () => {
    let opened: GpuPage;
    let missing: string | undefined;
    before(async function () {
      this.timeout(120_000); // may have to fetch a browser
      opened = await openGpuPage('test/gpu/backendPage.ts');
      const adapters = await opened.page.evaluate(() => tests.adapters());
      const adapter = adapters.find(({ device }) => device === backend);
      missing = adapter?.kind === 'missing' ? `no adapter for ${backend}` : undefined;
    });
    after(() => opened.close());
    beforeEach(function () {
      if (missing === undefined) return;
      if (this.currentTest !== undefined) this.currentTest.title += ` (skipped: ${missing})`;
      this.skip();
    });

    for (const family of Object.keys(parityFamilies())) {
      it(`computes what float64 does, for ${family}`, async function () {
        this.timeout(120_000); // software stands in for the GPU
        const { cases, wrong } = await parity(opened, backend, family);
        assert.deepEqual(wrong, []);
        assert.equal(cases, [...(parityFamilies()[family] ?? [])].length);
      });
    }

    it('computes what float64 does with matrices that lie in parts', async function () {
      this.timeout(120_000);
      const { wrong } = await parity(opened, backend, 'matrices', 1024);
      assert.deepEqual(wrong, []);
    });

    it('computes what float64 does, for training, forward and backward', async function () {
      this.timeout(120_000);
      assert.deepEqual(await opened.page.evaluate((on) => tests.gradients(on), backend), []);
    });

    for (const name of ['tiny-tied', 'tiny-untied-relu'] as const) {
      it(`predicts what PyTorch does with ${name}, all at once and token by token`, async function () {
        this.timeout(120_000);
        const { model, ids, expected } = plainOracle(name);
        const { all, stepwise } = await opened.page.evaluate(
          ([on, plain, text]) => tests.logits(on, plain, text),
          [backend, model, ids] as const,
        );
        // Float32 sums against PyTorch's float64, as for the other devices.
        assertClose(all, expected, { tolerance: 1e-4, what: 'logits' });
        const last = expected.slice(expected.length - model.config.vocabulary);
        assertClose(stepwise, last, { tolerance: 1e-4, what: 'logits of the last token' });
      });
    }
  });
}

function parity(
  { page }: GpuPage,
  backend: BrowserBackend,
  ...[family, most]: [family: string, mostNumbers?: number]
) {
  return page.evaluate(([on, of, limit]) => tests.parity(on, of, limit), [
    backend,
    family,
    most,
  ] as const);
}

function plainOracle(name: Parameters<typeof readOracle>[0]) {
  const { config, weights, rows } = readOracle(name);
  const row = rows[0];
  const logits = row?.activations.get('logits');
  assert.ok(row !== undefined && logits !== undefined);
  const model: PlainModel = {
    config,
    weights: [...weights].map(([weight, { shape, values }]) => ({
      name: weight.replace(/^transformer\./, ''),
      shape,
      values: [...values],
    })),
  };
  return { model, ids: [...row.ids], expected: logits.values };
}
