// Small maps of attention: each place is the strongest of the cells of the whole map that it stands for.
import assert from 'node:assert/strict';
import { attentionMap } from '../../src/engine/tracing/attentionMap';
import { smallMaps } from '../../src/engine/tracing/smallMaps';
import type { Work } from '../../src/engine/work';
import type { Progress } from '../../src/protocol/health';
import type { AttentionMapOf, NumberBlock, RunInfo, SmallMapsOf } from '../../src/protocol/runs';
import { rejectsWith } from '../support/failing';
import { smallConfig } from '../support/models';
import { seeded, wholes } from '../support/random';
import { openTraced, pace, reference, type TracedModel } from '../support/traced';

const tokens = 11;
const ids = wholes(seeded(5), tokens, smallConfig.vocabulary);
const { heads } = smallConfig;

describe('small maps of attention', () => {
  let model: TracedModel;
  let info: RunInfo;
  let progress: Progress[];

  before(async () => {
    model = await openTraced(reference(), smallConfig);
    info = await model.runs.start({ ids }, pace());
  });

  after(() => {
    model.dispose();
  });

  beforeEach(() => {
    progress = [];
  });

  const small = (of: SmallMapsOf): Promise<NumberBlock> =>
    smallMaps(
      model,
      { ...of, run: model.runs.get(info.run) },
      { pace: pace(), onProgress: (each) => progress.push(each) },
    );

  /** The strongest of each square of cells, by the definition. */
  async function strongest(of: AttentionMapOf, factor: number): Promise<Float32Array> {
    const { map } = await attentionMap(model, { ...of, run: model.runs.get(info.run) }, quiet());
    const side = Math.ceil(tokens / factor);
    return Float32Array.from({ length: side * side }, (_, place) => {
      const cells = Array.from(map.values).filter((_value, cell) => {
        const [query, key] = [Math.floor(cell / tokens), cell % tokens];
        return Math.floor(query / factor) * side + Math.floor(key / factor) === place;
      });
      return Math.max(...cells);
    });
  }

  for (const kind of ['weights', 'contributions'] as const) {
    it(`hold the strongest ${kind} of their cells, for each head and for all together`, async () => {
      // 4 places for 11 tokens: 3 cells each, the last ones of 2.
      const { shape, values } = await small({ kind, block: 1, places: 4 });
      assert.deepEqual(shape, [heads + 1, 4, 4]);
      for (let head = 0; head <= heads; head++) {
        const of = head < heads ? { kind, block: 1, head } : { kind, block: 1 };
        assert.deepEqual(values.slice(head * 16, (head + 1) * 16), await strongest(of, 3));
      }
    });

    it(`hold the ${kind} of all blocks where none is named`, async () => {
      const { shape, values } = await small({ kind, places: 6 });
      assert.deepEqual(shape, [1, 6, 6]);
      assert.deepEqual(values, await strongest({ kind }, 2));
    });
  }

  it('are the maps themselves where every cell has a place', async () => {
    const { shape, values } = await small({ kind: 'weights', block: 0, places: 64 });
    assert.deepEqual(shape, [heads + 1, tokens, tokens]);
    const head = await strongest({ kind: 'weights', block: 0, head: 0 }, 1);
    assert.deepEqual(values.slice(0, tokens ** 2), head);
  });

  it('tell how many of them are done', async () => {
    await small({ kind: 'weights', block: 0, places: 4 });
    const total = heads + 1;
    assert.deepEqual(
      progress,
      Array.from({ length: total }, (_, done) => ({ done: done + 1, total })),
    );
  });

  it('are refused for blocks and places that there are not', async () => {
    await rejectsWith('setting-invalid', small({ kind: 'weights', block: 99, places: 4 }));
    await rejectsWith('setting-invalid', small({ kind: 'weights', block: 0, places: 0 }));
  });
});

/** Work whose progress nobody hears of. */
function quiet(): Work {
  return { pace: pace(), onProgress: undefined };
}
