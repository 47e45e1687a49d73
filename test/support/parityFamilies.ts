// The runs that all devices are compared in: every operation, odd sizes, numbers where float32 is known to go wrong.
import type { AttentionShape } from '../../src/engine/devices/device';
import {
  activationCase,
  columnCase,
  copyRowsCase,
  elementwiseCase,
  extremes,
  gatherCase,
  linearCase,
  linearPerHeadCase,
  mixCase,
  normCase,
  ordinary,
  patternCase,
  rotaryCase,
  scoresCase,
  type ParityCase,
} from './parityCases';
import { seeded } from './random';

/** All of them under the name of their family, made anew. */
export function parityFamilies(): Readonly<Record<string, Iterable<ParityCase>>> {
  return {
    linear: linearCases(),
    matrices: matrixCases(),
    elements: elementCases(),
    rows: rowCases(),
    attention: attentionCases(),
  };
}

const oddSizes = [1, 3, 17, 129];
const layouts = ['in-out', 'out-in'] as const;
const activations = ['gelu_new', 'gelu', 'relu', 'silu_gated', 'identity'] as const;

/** Grouped and plain heads, one query against a cache, a whole context, sizes that fill no vector. */
const attentionShapes: readonly AttentionShape[] = [
  { heads: 1, keyHeads: 1, headSize: 1, queries: 1, keys: 1 },
  { heads: 4, keyHeads: 4, headSize: 32, queries: 64, keys: 64 },
  { heads: 4, keyHeads: 2, headSize: 17, queries: 3, keys: 17 },
  { heads: 6, keyHeads: 2, headSize: 20, queries: 1, keys: 129 },
  { heads: 3, keyHeads: 1, headSize: 3, queries: 129, keys: 129 },
  { heads: 2, keyHeads: 2, headSize: 64, queries: 17, keys: 600 },
  { heads: 2, keyHeads: 1, headSize: 300, queries: 5, keys: 7 },
  { heads: 12, keyHeads: 12, headSize: 64, queries: 1, keys: 1024 },
];

function* linearCases(): Iterable<ParityCase> {
  for (const layout of layouts) {
    for (const inputs of oddSizes) {
      for (const outputs of oddSizes) {
        for (const rows of [1, 3, 17]) {
          yield linearCase({ inputs, outputs, layout }, rows, { biased: rows !== 3 });
        }
      }
    }
    // More than a block of inputs (256), of outputs (512) and of rows (120), each not a multiple.
    yield linearCase({ inputs: 513, outputs: 531, layout }, 125, { biased: true });
    yield linearCase({ inputs: 513, outputs: 531, layout }, 1, { biased: true });
    yield linearCase({ inputs: 259, outputs: 1030, layout }, 2, {});
    yield linearCase({ inputs: 128, outputs: 24, layout }, 5, { xOffset: 131 });
    yield linearCase({ inputs: 128, outputs: 24, layout }, 1, { xOffset: 131 });
    for (const numbers of extremes) {
      for (const rows of [1, 17]) {
        yield linearCase({ inputs: 129, outputs: 17, layout }, rows, { numbers, biased: true });
      }
    }
  }
  for (let rows = 2; rows <= 13; rows++) {
    yield linearCase({ inputs: 19, outputs: 43, layout: 'in-out' }, rows, { biased: true });
  }
}

function* matrixCases(): Iterable<ParityCase> {
  for (const rows of [1, 3, 17]) {
    yield linearPerHeadCase({ rows, heads: 4, headSize: 32, outputs: 128 });
    yield linearPerHeadCase({ rows, heads: 5, headSize: 96, outputs: 19 });
    yield linearPerHeadCase({ rows, heads: 3, headSize: 17, outputs: 3 });
    yield linearPerHeadCase({ rows, heads: 1, headSize: 1, outputs: 1 });
  }
  for (const width of [...oddSizes, 300]) {
    yield gatherCase(131, width, 17);
    for (const layout of layouts) {
      for (const output of [0, 3, 18]) {
        yield columnCase({ inputs: width, outputs: 19, layout }, output);
      }
    }
  }
  yield gatherCase(1, 1, 1);
}

function* elementCases(): Iterable<ParityCase> {
  for (const inPlace of [false, true]) {
    for (const columns of [...oddSizes, 768]) {
      yield normCase('layer', [17, columns], { inPlace });
      yield normCase('rms', [17, columns], { inPlace });
    }
    for (const length of oddSizes) {
      for (const kind of activations) yield activationCase(kind, length, { inPlace });
      yield elementwiseCase('add', length, { inPlace });
      yield elementwiseCase('multiply', length, { inPlace });
    }
  }
  for (const numbers of extremes) {
    for (const columns of [1, 129, 768]) {
      yield normCase('layer', [3, columns], { numbers });
      yield normCase('rms', [3, columns], { numbers });
    }
    for (const kind of activations) yield activationCase(kind, 129, { numbers });
    yield elementwiseCase('add', 129, { numbers });
    yield elementwiseCase('multiply', 129, { numbers });
  }
}

function* rowCases(): Iterable<ParityCase> {
  for (const rows of oddSizes) {
    for (const columns of oddSizes) yield copyRowsCase(rows, columns);
    yield rotaryCase({ rows, heads: 3, headSize: 10, start: 0 });
    yield rotaryCase({ rows, heads: 2, headSize: 64, start: 61 });
  }
}

function* attentionCases(): Iterable<ParityCase> {
  for (const shape of attentionShapes) {
    const mask = maskOf(shape);
    yield scoresCase(shape, {});
    yield mixCase(shape, {});
    for (const inPlace of [false, true]) {
      yield patternCase(shape, { inPlace });
      yield patternCase(shape, { inPlace, mask, maskName: 'a mask with holes and empty rows' });
    }
  }
  const shape = { heads: 2, keyHeads: 1, headSize: 17, queries: 17, keys: 29 };
  const mask = new Uint8Array(shape.queries * shape.keys).fill(1);
  for (const numbers of [ordinary, ...extremes]) {
    yield scoresCase(shape, { numbers });
    yield mixCase(shape, { numbers });
    yield patternCase(shape, { numbers });
    yield patternCase(shape, { numbers, mask, maskName: 'no key hidden' });
  }
}

/** About half of the keys hidden, later ones among those seen, and every third row sees nothing. */
function maskOf({ queries, keys }: AttentionShape): Uint8Array {
  const random = seeded(9);
  return Uint8Array.from({ length: queries * keys }, (_, cell) => {
    if (Math.floor(cell / keys) % 3 === 2) return 0;
    return random() < 0.5 ? 0 : 1 + Math.floor(random() * 255);
  });
}
