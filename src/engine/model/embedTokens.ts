import type { ModelWeights } from './modelWeights';
import { recordRows, type Pass } from './pass';
import { consecutive } from './positions';

/** The first step of a pass: leaves token + position in `residual`, what enters the first block. */
export async function embedTokens(
  pass: Pass,
  { tokens, positions }: Pick<ModelWeights, 'tokens' | 'positions'>,
  ids: Int32Array,
): Promise<void> {
  const { device, config } = pass;
  pass.enter('embed');
  const { residual, update } = pass.arrays;
  device.gather({ ids, table: tokens, out: residual });
  await recordRows(pass, 'embed', residual);
  if (positions === undefined) return;
  const stands = pass.positions ?? consecutive(pass.past, pass.rows);
  device.gather({ ids: stands.map((row) => Math.max(0, row)), table: positions, out: update });
  const nothing = new Float32Array(config.width);
  for (const [row, position] of stands.entries()) {
    if (position < 0) device.write(update, row * nothing.length, nothing);
  }
  await recordRows(pass, 'pos_embed', update);
  device.add({ a: residual, b: update, out: residual, length: residual.length });
}
