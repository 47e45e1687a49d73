// The tiny model for lessons: small, opened as any other, and it has found what the ready corpora have in them.
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { Engine } from '../../src/engine/engine';
import { nodeParts } from '../../src/worker/nodeHost';

const folder = 'media/models/tiny';

describe('The tiny model', () => {
  let engine: Engine;
  before(async () => {
    const parts = nodeParts({ kernels: 'dist/kernels.wasm', builtin: 'media/models/builtin' });
    engine = new Engine({ ...parts, onHealth: () => undefined });
    await engine.openModel({ location: { kind: 'builtin', model: 'tiny' } });
  });
  after(() => engine.dispose());

  it('is smaller than 300 kB', () => {
    const { size } = statSync(`${folder}/model.safetensors`);
    assert.ok(size < 300_000, `${size} bytes`);
    assert.ok(readdirSync(folder).includes('MODEL.md'));
  });

  /** The same beginning, what follows in the corpora, and what never does. */
  const lessons: Readonly<Record<string, readonly [start: string, right: string, wrong: string]>> =
    {
      'one noun, one verb': ['The cat near the dogs ', 'sleeps.', 'sleep.'],
      'many nouns, their verb': ['The cats near the dog ', 'sleep.', 'sleeps.'],
      'who has it': ['Tom has a key. ', 'He likes', 'She likes'],
      'what was said': ['Mia says "red cup" and Ben answers "', 'red cup".', 'big hat".'],
      'a fact': ['Snow is ', 'white.', 'green.'],
      'a verb of the past': ['昨日、母は公園で花を', '見ました。', '見ます。'],
      'a verb of the future': ['明日、母は公園で花を', '見ます。', '見ました。'],
      'what is counted': ['白い犬が三', '匹います。', '冊あります。'],
      'a name that was made': ['const total: number = 3;\nprint(', 'total);', 'index);'],
      'the length of a list': ['const items = [1, 2, 8];\nprint(items.length); // ', '3', '2'],
      'brackets in order': ['print([(1 + 2', ')]);', '])]);'],
    };

  for (const [name, [start, right, wrong]] of Object.entries(lessons)) {
    it(`knows ${name}`, async () => {
      const [good, bad] = [await bitsOf(start + right), await bitsOf(start + wrong)];
      assert.ok(good < bad - 1, `${right} takes ${good} bits, ${wrong} ${bad}`);
    });
  }

  /** How surprising a text is, in bits, given its first token. */
  async function bitsOf(text: string): Promise<number> {
    const { ids } = await engine.tokenize({ text });
    const { bits } = await engine.surprisals({ ids, from: 1 });
    return bits.reduce((sum, one) => sum + one, 0);
  }
});
