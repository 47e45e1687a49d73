import { Engine } from '../../src/engine/engine';
import { nodeParts } from '../../src/worker/nodeHost';

/** An engine with the built-in model, to compare with what a program shows. The caller disposes it. */
export async function builtinEngine(): Promise<Engine> {
  const engine = new Engine(
    nodeParts({ kernels: 'dist/kernels.wasm', builtin: 'media/models/builtin' }),
  );
  await engine.openModel({ location: { kind: 'builtin' }, device: 'wasm' });
  return engine;
}
