// A model of GPT-2's kind with random weights, as a folder of files.
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { elementCount } from '../../src/engine/model/parameters';
import { expectedShapes } from '../../src/engine/model/shapes';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { seeded, spread } from '../support/random';

/** A folder as Hugging Face lays it out, without a tokenizer. */
export function writeGpt2Folder(folder: string, of: ModelConfig): void {
  const { layers, heads, width, vocabulary, context } = of;
  const sizes = { n_layer: layers, n_head: heads, n_embd: width, n_positions: context };
  const config = { model_type: 'gpt2', vocab_size: vocabulary, ...sizes };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const file = openSync(join(folder, 'model.safetensors'), 'w');
  try {
    const shapes = expectedShapes(of);
    writeSync(file, header(shapes));
    const random = seeded(1);
    for (const shape of shapes.values()) {
      writeSync(file, spread(random, elementCount(shape), 0.05));
    }
  } finally {
    closeSync(file);
  }
}

/** The length of a JSON text, and the text: where each tensor lies (github.com/huggingface/safetensors). */
function header(shapes: ReadonlyMap<string, readonly number[]>): Buffer {
  let end = 0;
  const entries = [...shapes].map(([name, shape]) => {
    const from = end;
    end += 4 * elementCount(shape);
    return [name, { dtype: 'F32', shape, data_offsets: [from, end] }] as const;
  });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded]);
}
