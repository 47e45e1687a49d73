// `trace` of the command line.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { builtinContext } from '../support/builtinModel';
import { cliTimeoutMs, oracleFolder, runCli, workFolder } from '../support/cli';
import { assertClose } from '../support/closeness';
import { deviceCases } from '../support/devices';
import { oracleNames, readOracle } from '../support/oracle';
import { readSafetensors } from '../support/safetensors';

describe('the command line to trace', function () {
  this.timeout(cliTimeoutMs);
  for (const name of oracleNames) {
    for (const { device, tolerance } of deviceCases) {
      it(`of ${name} on ${device} holds every activation of the oracle`, async () => {
        const [row] = readOracle(name).rows;
        assert.ok(row !== undefined);
        const out = join(workFolder(), `${name}-${device}.safetensors`);
        const ids = row.ids.join(',');
        const args = ['trace', '--model', oracleFolder(name), '--ids', ids, '--out', out];
        const { code, error } = await runCli([...args, '--device', device]);
        assert.equal(code, 0, error);
        const trace = readSafetensors(out);
        assert.deepEqual(Array.from(trace.get('ids')?.values ?? []), Array.from(row.ids));
        for (const [activation, { shape, values }] of row.activations) {
          const actual = trace.get(activation);
          assert.ok(actual !== undefined, `${activation} is missing`);
          // The oracle's position rows are those of the whole context.
          const length = actual.values.length;
          if (activation !== 'pos_embed') assert.deepEqual(actual.shape, shape, activation);
          assertClose(actual.values, values.subarray(0, length), { tolerance, what: activation });
        }
        assert.ok(trace.has('blocks.0.attn.result'));
      });
    }
  }

  it('keeps what the globs name, and the ids', async () => {
    const out = join(workFolder(), 'kept.safetensors');
    const args = ['trace', '--text', 'a b', '--out', out];
    const keep = ['--keep', 'blocks.*.attn.pattern', '--keep', 'embed'];
    const { code, error } = await runCli([...args, ...keep]);
    assert.equal(code, 0, error);
    const blocks = [0, 1, 2, 3].map((block) => `blocks.${block}.attn.pattern`);
    assert.deepEqual([...readSafetensors(out).keys()], ['ids', 'embed', ...blocks]);
  });

  it('of a text beyond the context takes its last tokens and says so', async () => {
    const out = join(workFolder(), 'window.safetensors');
    const ids = Array.from({ length: builtinContext + 72 }, (_, index) => (index * 7) % 4096);
    const { code, error } = await runCli([
      'trace',
      '--ids',
      ids.join(','),
      '--out',
      out,
      '--keep',
      'embed',
    ]);
    assert.equal(code, 0, error);
    assert.match(error, new RegExp(`${ids.length}.*${builtinContext}`));
    assert.deepEqual(
      Array.from(readSafetensors(out).get('ids')?.values ?? []),
      ids.slice(-builtinContext),
    );
  });

  it('leaves no file behind when it fails', async () => {
    const place = join(workFolder(), 'empty');
    mkdirSync(place);
    const failing = [
      ['--ids', '1,9999'],
      ['--ids', '1', '--keep', 'nonsense.*'],
    ];
    for (const more of failing) {
      const { code } = await runCli(['trace', '--out', join(place, 'x.safetensors'), ...more]);
      assert.equal(code, 1);
    }
    assert.deepEqual(readdirSync(place), []);
  });
});
