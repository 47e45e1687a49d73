// Makes a model that is shipped from a folder in Hugging Face layout: weights as f16, JSON without white space.
// usage: node media/build/builtinModel.mjs FOLDER [builtin|tiny]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [source, model = 'builtin'] = process.argv.slice(2);
if (source === undefined) throw new Error('usage: node media/build/builtinModel.mjs FOLDER [NAME]');
const target = fileURLToPath(new URL(`../models/${model}/`, import.meta.url));

mkdirSync(target, { recursive: true });
writeFileSync(
  join(target, 'model.safetensors'),
  halved(readFileSync(join(source, 'model.safetensors'))),
);
for (const name of ['config.json', 'tokenizer.json']) {
  const content = JSON.parse(readFileSync(join(source, name), 'utf8'));
  if (name === 'config.json') content.torch_dtype = 'float16';
  writeFileSync(join(target, name), JSON.stringify(content));
}

/** The same safetensors file with every F32 tensor as F16, each value rounded to the nearest, ties to even. */
function halved(file) {
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + headerLength));
  const data = file.subarray(8 + headerLength);
  const parts = [];
  let offset = 0;
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  entries.sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
  const halvedHeader = Object.fromEntries(
    entries.map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        if (dtype !== 'F32') throw new Error(`${name} is ${dtype}, not F32`);
        const part = toHalves(data.subarray(from, to));
        parts.push(part);
        const begin = offset;
        offset += part.length;
        return [name, { dtype: 'F16', shape, data_offsets: [begin, offset] }];
      },
    ),
  );
  const text = JSON.stringify({
    __metadata__: header.__metadata__ ?? { format: 'pt' },
    ...halvedHeader,
  });
  // Padded with spaces so that the data starts at a multiple of eight.
  const headerBytes = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(headerBytes.length));
  return Buffer.concat([length, headerBytes, ...parts]);
}

function toHalves(bytes) {
  const halves = Buffer.alloc(bytes.length / 2);
  for (let at = 0; at < bytes.length; at += 4) {
    halves.writeUInt16LE(toHalf(bytes.readFloatLE(at)), at / 2);
  }
  return halves;
}

/** IEEE 754 binary16, round to nearest, ties to even. Throws for what is too large for it. */
function toHalf(value) {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 1)));
  // Below 2⁻¹⁴ numbers are spaced like those just above it.
  const steps = roundToEven(size / 2 ** (exponent - 10));
  const bits = ((exponent + 14) << 10) + steps;
  if (!(bits < 0x7c00)) throw new Error(`${value} does not fit in f16`);
  return sign | (size === 0 ? 0 : bits);
}

function roundToEven(value) {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
