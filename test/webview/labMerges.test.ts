/** The merges as the lab's page plays them, over a vocabulary that was really learned. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { openLabTokenizer } from '../../src/engine/lab/labTokenizer';
import { vocabularyLesson } from '../../src/engine/lab/vocabularyLesson';
import type { VocabularyLesson } from '../../src/protocol/labLessons';
import { MergePlayer } from '../../webview/lab/vocabulary/mergePlayer';

const sample = 'There was a little girl, and the little girl said: 「はい」';

describe('The merges of the lab', () => {
  let lesson: VocabularyLesson;
  let player: MergePlayer;

  before(async () => {
    const texts = ['english', 'japanese'].map((name) =>
      readFileSync(`test/fixtures/text/${name}.txt`, 'utf8'),
    );
    const special = ['<|endoftext|>'];
    const work = { pause: () => Promise.resolve(), onProgress: () => undefined };
    lesson = await vocabularyLesson({ texts, size: 400, special, sample }, work);
    player = new MergePlayer(lesson);
  });

  it('begin with the bytes of the sample', () => {
    const { ids, fresh } = player.sampleAfter(0);
    const bytes = ids.flatMap((id) => [...player.vocabulary.bytes(id)]);
    assert.deepEqual(bytes, [...new TextEncoder().encode(sample)]);
    assert.equal(fresh.size, 0);
  });

  it('end with the tokens that the learned tokenizer cuts the sample into', () => {
    const { tokenizer } = openLabTokenizer(lesson.json, '');
    const { ids } = player.sampleAfter(player.last);
    assert.deepEqual(ids, [...tokenizer.encode(sample).ids]);
  });

  it('keep the text whole at every merge, and mark what the last one joined', () => {
    const decoder = new TextDecoder();
    let marked = 0;
    for (let merge = 1; merge <= player.last; merge += 1) {
      const before = player.sampleAfter(merge - 1).ids;
      const { ids, fresh } = player.sampleAfter(merge);
      const bytes = ids.flatMap((id) => [...player.vocabulary.bytes(id)]);
      assert.equal(decoder.decode(Uint8Array.from(bytes)), sample, `after merge ${merge}`);
      assert.equal(before.length - ids.length, fresh.size, `after merge ${merge}`);
      for (const index of fresh) assert.equal(ids[index], lesson.merged[merge - 1]);
      marked += fresh.size;
    }
    assert.ok(marked > 10, `only ${marked} joins were marked`);
  });

  it('are walked by keys and never leave the lesson', () => {
    player.go(3);
    for (const [key, to] of [
      ['ArrowRight', 4],
      ['ArrowLeft', 3],
      ['Home', 0],
      ['ArrowLeft', 0],
      ['End', player.last],
      ['PageDown', player.last],
      ['PageUp', player.last - 10],
    ] as const) {
      assert.ok(player.key(key), key);
      assert.equal(player.at.value, to, key);
    }
    assert.equal(player.key('x'), false);
  });
});
