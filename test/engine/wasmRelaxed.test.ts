// The build with relaxed SIMD owes what the plain one owes. An engine that has it only behind a flag gets the flag.
import assert from 'node:assert/strict';
import { chooseDevice } from '../../src/engine/chooseDevice';
import type { EngineHost, KernelBuild } from '../../src/engine/host';
import { run } from '../harness/processes';
import { relaxedKernels, runnableBuilds, wasmKernels } from '../support/wasmKernels';

const flag = '--experimental-wasm-relaxed-simd';
const suites = ['parity', 'parityTraining', 'wasmDevice'].map(
  (name) => `out/test/engine/${name}.test.mjs`,
);

describe('The kernels with relaxed SIMD', () => {
  const direct = runnableBuilds.some(({ kernels }) => kernels === relaxedKernels);

  it('hold parity with the reference where the engine has them behind a flag', async function () {
    this.timeout(180_000); // the reference is slow, and another process starts first
    if (direct || !(await accepted())) {
      // Either they ran beside the plain ones already, or this engine knows no such flag.
      this.skip();
    }
    const mocha = ['node_modules/mocha/bin/mocha.js', '--grep', 'relaxed', '--reporter', 'json'];
    // A busy machine is no failure there either.
    const patience = ['--timeout', '60000'];
    const { code, output } = await run(process.execPath, [flag, ...mocha, ...patience, ...suites]);
    assert.equal(code, 0, output);
    const { stats } = JSON.parse(output.slice(output.indexOf('{'))) as { stats: Stats };
    assert.ok(stats.passes >= 20, `${stats.passes} tests ran`);
    assert.equal(stats.passes, stats.tests);
  });

  it('are asked for first, and the plain ones only where they do not run', async () => {
    const asked: KernelBuild[] = [];
    const device = await chooseDevice(hostWith(asked), 'wasm');
    device.dispose();
    assert.deepEqual(asked, direct ? ['relaxed'] : ['relaxed', 'simd']);
  });
});

interface Stats {
  readonly tests: number;
  readonly passes: number;
}

/** Whether this Node starts with the flag and then runs the build. */
async function accepted(): Promise<boolean> {
  const read = "require('node:fs').readFileSync('dist/kernels.relaxed.wasm')";
  const program = `process.exit(WebAssembly.validate(${read}) ? 0 : 1)`;
  return (await run(process.execPath, [flag, '-e', program])).code === 0;
}

function hostWith(asked: KernelBuild[]): EngineHost {
  return {
    now: () => 0,
    breathe: () => Promise.resolve(),
    wasmKernels: (build) => {
      asked.push(build);
      return Promise.resolve(build === 'relaxed' ? relaxedKernels : wasmKernels);
    },
  };
}
