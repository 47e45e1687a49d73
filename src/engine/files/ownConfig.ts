import * as v from 'valibot';
import { fail } from '../../protocol/failures';
import type { ModelConfig } from '../../protocol/modelConfig';

/** `model_type` of a config.json that says every field of `ModelConfig` by its own name. */
export const ownModelType = 'tokenscope';

/** The content of a config.json for a model that no other family has words for. */
export function ownConfig(config: ModelConfig): Readonly<Record<string, unknown>> {
  const { endId, ...fields } = config;
  return { model_type: ownModelType, ...fields, endId: endId ?? null };
}

/** Throws `config-invalid` with the field that is wrong. */
export function readOwnConfig(content: unknown): ModelConfig {
  const parsed = v.safeParse(schema, content);
  if (!parsed.success) {
    throw fail('config-invalid', {
      file: 'config.json',
      field: v.getDotPath(parsed.issues[0]) ?? '',
      why: 'wrong-type',
    });
  }
  const { endId, mask, ...config } = parsed.output;
  checkHeads(config);
  return {
    ...config,
    ...(mask === undefined ? {} : { mask }),
    endId: endId === null || endId >= config.vocabulary ? undefined : endId,
  };
}

function size(least: number, most: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
}

/** Every field but the two that the tokenizer decides. */
export const modelEntries = {
  layers: size(0, 10_000),
  heads: size(1, 1 << 16),
  keyValueHeads: size(1, 1 << 16),
  headSize: size(1, 1 << 16),
  width: size(1, 1 << 17),
  hidden: size(1, 1 << 20),
  context: size(1, 1 << 20),
  norm: v.picklist(['layer', 'rms', 'none']),
  normPlace: v.picklist(['pre', 'post']),
  normEpsilon: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  position: v.picklist(['learned', 'sinusoidal', 'rotary', 'none']),
  rotaryBase: v.pipe(v.number(), v.gtValue(1), v.finite()),
  activation: v.picklist(['gelu_new', 'gelu', 'relu', 'silu_gated', 'identity', 'none']),
  mask: v.exactOptional(v.picklist(['causal', 'none'])),
  biases: v.boolean(),
  tied: v.boolean(),
} as const;

const schema = v.object({
  ...modelEntries,
  vocabulary: size(1, 1 << 24),
  endId: v.nullable(size(0, 1 << 24)),
});

/** Throws `config-invalid` where heads cannot share keys, or halves of a head cannot turn. */
export function checkHeads(
  config: Pick<ModelConfig, 'heads' | 'keyValueHeads' | 'headSize' | 'position'>,
): void {
  const { heads, keyValueHeads, headSize, position } = config;
  const invalid = (field: string): Error =>
    fail('config-invalid', { file: 'config.json', field, why: 'not-divisible' });
  if (heads % keyValueHeads !== 0) throw invalid('keyValueHeads');
  if (position === 'rotary' && headSize % 2 !== 0) throw invalid('headSize');
}
