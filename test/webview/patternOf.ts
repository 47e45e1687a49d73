import type { NumberBlock } from '../../src/protocol/runs';
import { builtinEngine } from '../support/builtinEngine';

/** The pattern [Q, K] of one head of the built-in model for a text, from an engine of its own. */
export async function patternOf({
  text,
  block,
  head,
}: {
  readonly text: string;
  readonly block: number;
  readonly head: number;
}): Promise<NumberBlock> {
  const engine = await builtinEngine();
  try {
    const { ids } = await engine.tokenize({ text });
    const { run } = await engine.run({ ids });
    return await engine.activation({ run, name: `blocks.${block}.attn.pattern`, index: [head] });
  } finally {
    await engine.dispose();
  }
}
