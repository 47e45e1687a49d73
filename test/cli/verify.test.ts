// `verify` of the command line.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliLines, cliPath, cliTimeoutMs, oracleFolder, runCli, workFolder } from '../support/cli';
import { oracleNames } from '../support/oracle';

interface Line {
  readonly name: string;
  readonly device: string;
  readonly threads: number;
  readonly absolute: number;
  readonly relative: number;
  readonly index: readonly number[];
}

describe('the command line to verify', function () {
  this.timeout(cliTimeoutMs);
  for (const name of oracleNames) {
    it(`finds every activation of ${name} as close to float64 as float32 can be`, async () => {
      const args = ['verify', '--model', oracleFolder(name), '--ids', '1,5,2,7,7'];
      const lines = await cliLines<Line>([...args, '--threads', '2']);
      const names = new Set(lines.map((line) => line.name));
      for (const known of ['embed', 'blocks.0.attn.pattern', 'blocks.0.attn.result', 'logits'])
        assert.ok(names.has(known), known);
      for (const line of lines) {
        assert.equal(line.threads, line.device === 'wasm' ? 2 : 1);
        assert.ok(line.relative <= 1e-4, `${line.name} on ${line.device}: ${line.relative}`);
      }
      for (const device of ['wasm', 'gpujs-webasm', 'gpujs-cpu']) {
        const made = lines.filter((line) => line.device === device);
        assert.deepEqual(new Set(made.map((line) => line.name)), names, device);
        // Float32 is not float64: were nothing different, one device would have been compared with itself.
        assert.ok(made.some(({ name: what, absolute }) => what === 'logits' && absolute > 0));
      }
    });
  }

  it('compares just the devices that are named, and says which there are', async () => {
    const args = ['verify', '--model', oracleFolder(oracleNames[0]), '--ids', '1,5'];
    const lines = await cliLines<Line>([...args, '--device', 'gpujs-cpu']);
    assert.deepEqual([...new Set(lines.map(({ device }) => device))], ['gpujs-cpu']);
    const { code, error } = await runCli([...args, '--device', 'webgpu']);
    assert.equal(code, 2, error);
    assert.match(error, /wasm, gpujs-webasm, gpujs-cpu/);
  });

  it('measures what rounded weights cost, which is no failure', async () => {
    const args = ['verify', '--model', oracleFolder(oracleNames[0]), '--ids', '1,5,2'];
    const worst = async (format: string): Promise<number> => {
      const lines = await cliLines<Line>([...args, '--weights', format]);
      return Math.max(...lines.map(({ relative }) => relative));
    };
    const [f16, int8] = [await worst('f16'), await worst('int8')];
    // Ten bits of fraction against seven bits of range: each loses what it must, and no more than a tenth.
    assert.ok(f16 > 1e-5 && f16 < int8, `${f16}, ${int8}`);
    assert.ok(int8 < 0.1, String(int8));
  });

  it('fails, and names the number, where a kernel computes something else', async () => {
    const args = ['verify', '--ids', '11,500,42'];
    const model = ['--model', join(process.cwd(), 'media/models/builtin')];
    const only = ['--device', 'wasm'];
    const { code, out, error } = await runCli([...args, ...model, ...only], { cli: faultyCli() });
    assert.equal(code, 1, error);
    assert.match(error, /blocks\.\d\.\S+\[.*wasm/);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    const wrong = lines.filter(({ relative }) => relative > 1e-4);
    assert.equal(wrong[0]?.name, 'blocks.0.mlp.post');
    assert.ok(lines.some(({ name, relative }) => name === 'logits' && relative > 1e-4));
  });
});

/** A copy of the command line whose kernels have another constant in GELU: 0.05 for 0.044715. */
function faultyCli(): string {
  const folder = join(workFolder(), 'faulty', 'dist');
  mkdirSync(folder, { recursive: true });
  const dist = join(cliPath, '..');
  for (const file of readdirSync(dist)) {
    if (/^(cli|thread)\.js$/.test(file)) copyFileSync(join(dist, file), join(folder, file));
    if (!file.endsWith('.wasm')) continue;
    const kernels = readFileSync(join(dist, file));
    const [constant, other] = [Buffer.alloc(4), Buffer.alloc(4)];
    constant.writeFloatLE(-2 * Math.sqrt(2 / Math.PI) * 0.044715);
    other.writeFloatLE(-2 * Math.sqrt(2 / Math.PI) * 0.05);
    let found = kernels.indexOf(constant);
    assert.ok(found >= 0, `${file} has no GELU`);
    for (; found >= 0; found = kernels.indexOf(constant, found + 4)) other.copy(kernels, found);
    writeFileSync(join(folder, file), kernels);
  }
  return join(folder, 'cli.js');
}
