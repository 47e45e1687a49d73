import type { WeightFormat } from '../../protocol/devices';
import { byteScale, fromHalf, toByte, toHalves } from '../devices/weightFormat';
import type { WeightSource } from './weights';

/**
 * The same weights with every matrix rounded as a format keeps it: the numbers that a device with such matrices computes
 * with, for any device. Vectors stay as they are.
 */
export function roundedWeights(source: WeightSource, format: WeightFormat): WeightSource {
  if (format === 'f32') return source;
  return {
    names: source.names,
    has: (name) => source.has(name),
    shape: (name) => source.shape(name),
    chunks: (name) => {
      if (source.shape(name).length !== 2) return source.chunks(name);
      return format === 'f16' ? halves(source, name) : bytes(source, name);
    },
  };
}

async function* halves(source: WeightSource, name: string): ReturnType<WeightSource['chunks']> {
  for await (const { offset, values } of source.chunks(name)) {
    yield { offset, values: Float32Array.from(toHalves(values), fromHalf) };
  }
}

async function* bytes(source: WeightSource, name: string): ReturnType<WeightSource['chunks']> {
  const [rows, columns] = source.shape(name);
  // Tables have an output for each row, layers for each column.
  const isTable = /^(wte|wpe|lm_head)\./.test(name);
  const outputOf = (at: number): number => (isTable ? Math.floor(at / columns) : at % columns);
  const largest = new Float32Array(isTable ? rows : columns);
  for await (const { offset, values } of source.chunks(name)) {
    for (const [at, value] of values.entries()) {
      const output = outputOf(offset + at);
      largest[output] = Math.max(largest[output], Math.abs(value));
    }
  }
  const scales = largest.map(byteScale);
  for await (const { offset, values } of source.chunks(name)) {
    yield {
      offset,
      values: values.map((value, at) => {
        const scale = scales[outputOf(offset + at)];
        return toByte(value, scale) * scale;
      }),
    };
  }
}
