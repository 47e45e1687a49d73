import type { ModelConfig } from '../../protocol/modelConfig';
import type { Values } from '../devices/device';
import type { Decoder } from '../model/decoder';
import type { Pace } from '../work';

/** Multiplications between two breaths, a few tens of milliseconds on one core. */
const multiplicationsPerBreath = 2e8;

/**
 * Reads hidden states [T, C] through the final norm and the unembedding, a few rows at a time: 1,024 × 50,257 logits are
 * 200 MB, and nobody wants them all at once. `visit` may not keep the logits [V].
 */
export async function forEachLogitRow(
  decoder: Decoder,
  hidden: { readonly values: Float32Array; readonly pace: Pace },
  visit: (row: number, logits: Values) => void,
): Promise<void> {
  const { width, vocabulary } = decoder.config;
  const rows = hidden.values.length / width;
  const atOnce = rowsAtOnce(decoder.config);
  for (let start = 0; start < rows; start += atOnce) {
    await hidden.pace.pause();
    const end = Math.min(rows, start + atOnce);
    const logits = await decoder.unembed(
      hidden.values.slice(start * width, end * width),
      end - start,
    );
    for (let row = start; row < end; row++) {
      const offset = (row - start) * vocabulary;
      visit(row, logits.subarray(offset, offset + vocabulary));
    }
  }
}

/** How many rows of the vocabulary can be computed without holding anybody up. */
export function rowsAtOnce(config: ModelConfig): number {
  const perRow = config.width * config.vocabulary;
  return Math.max(1, Math.min(64, Math.floor(multiplicationsPerBreath / perRow)));
}
