// Tokenizer files that are broken, odd or huge: each is refused by name, or read as the Rust package reads it.
import assert from 'node:assert/strict';
import type { ByteSource, ModelFiles } from '../../src/engine/files/byteSource';
import { openAnyTokenizer, openTokenizer } from '../../src/engine/tokenizer/openTokenizer';
import { failureOf } from '../../src/protocol/failures';
import { rejectsWith } from '../support/failing';
import { memoryFolder } from '../support/modelFolders';
import { byteLevel, split, unknown, whitespace } from '../support/pipelineCases';
import { builtinJson, rustIds } from '../support/tokenizers';
import { trainedJson } from '../support/trainedTokenizers';

function refusal(json: unknown): string {
  try {
    openAnyTokenizer(json, 'tokenizer.json');
  } catch (error) {
    const failure = failureOf(error);
    assert.ok(failure.code === 'tokenizer-unsupported', JSON.stringify(failure));
    assert.equal(failure.details.file, 'tokenizer.json');
    return failure.details.what;
  }
  throw new Error('it was opened');
}

describe('a tokenizer file', () => {
  it('that gives two entries one id is refused with both, whatever its kind', () => {
    const vocab = { ...builtinJson.model.vocab, '☃twice': 300 };
    assert.match(
      refusal({ ...builtinJson, model: { ...builtinJson.model, vocab } }),
      /^model\.vocab: ".+", "☃twice": 300$/,
    );
    for (const kind of ['BPE', 'WordPiece', 'WordLevel'] as const) {
      const json = trainedJson(kind, { pre_tokenizer: whitespace }, unknown);
      const known = json.model['vocab'] as Readonly<Record<string, number>>;
      const more = { ...known, '☃twice': known['[UNK]'] };
      const what = refusal({ ...json, model: { ...json.model, vocab: more } });
      assert.ok(what.startsWith('model.vocab: "[UNK]", "☃twice": '), what);
    }
  });

  it('with ids that no entry has makes the ids of the Rust package, and those ids have no bytes', async () => {
    const vocab = Object.fromEntries(
      Object.entries(builtinJson.model.vocab).map(([entry, id]) => [
        entry,
        id < 300 ? id : id + 50,
      ]),
    );
    const json = { ...builtinJson, model: { ...builtinJson.model, vocab } };
    const tokenizer = openAnyTokenizer(json, 'tokenizer.json');
    const text = 'Once upon a time 昔々 <|endoftext|> there';
    const ids = Array.from(tokenizer.encode(text).ids);
    assert.deepEqual(ids, await rustIds(json)(text));
    assert.ok(ids.some((id) => id >= 350));
    assert.equal(tokenizer.decode(ids), text);
    assert.equal(tokenizer.bytes([320]).length, 0);
    assert.throws(
      () => tokenizer.bytes([1e6]),
      (error) => failureOf(error).code === 'id-out-of-range',
    );
  });

  for (const [what, vocab] of [
    ['an id below 0', { a: -1 }],
    ['an id that is no whole number', { a: 0.5 }],
    ['an id that no table could hold', { a: 2 ** 24 + 1 }],
    ['an id that is a text', { a: '0' }],
    ['a list instead of a vocabulary', ['a']],
  ] as const) {
    it(`is refused for ${what}`, () => {
      assert.match(refusal({ model: { type: 'WordLevel', vocab, unk_token: 'a' } }), /vocab/);
      assert.match(refusal({ model: { type: 'BPE', vocab, merges: [] } }), /vocab/);
    });
  }

  it('with a merge of what is no entry is refused with it', () => {
    const merges = [...builtinJson.model.merges, ['nowhere', 'found']];
    const json = { ...builtinJson, model: { ...builtinJson.model, merges } };
    assert.match(refusal(json), /nowhere/);
  });

  it('that is huge is refused by its size before a byte of it is read', async () => {
    let closed = 0;
    const source: ByteSource = {
      size: 65 * 1024 * 1024,
      read: () => Promise.reject(new Error('it was read')),
      close: () => {
        closed++;
        return Promise.resolve();
      },
    };
    const files: ModelFiles = { ...memoryFolder({}), open: () => Promise.resolve(source) };
    assert.deepEqual(await rejectsWith('file-too-large', openTokenizer(files)), {
      file: 'tokenizer.json',
      bytes: source.size,
      limitBytes: 64 * 1024 * 1024,
    });
    assert.equal(closed, 1);
  });

  it('that is cut off, empty or no JSON is refused by name', async () => {
    const whole = JSON.stringify(builtinJson);
    for (const content of [whole.slice(0, 5000), '', 'vocab', Uint8Array.of(0, 1, 2, 255)]) {
      const opened = openTokenizer(memoryFolder({ 'tokenizer.json': content }));
      const details = (await rejectsWith('json-malformed', opened)) as { readonly file: string };
      assert.equal(details.file, 'tokenizer.json');
    }
    const control = openTokenizer(memoryFolder({ 'tokenizer.json': '\u001b[2J' }));
    const { why } = (await rejectsWith('json-malformed', control)) as { readonly why: string };
    assert.ok(!why.includes('\u001b'), why);
    for (const content of ['null', '[]', '{}', '{"model":null}', '{"name":"a package"}']) {
      const opened = openTokenizer(memoryFolder({ 'tokenizer.json': content }));
      assert.deepEqual(await rejectsWith('tokenizer-malformed', opened), {
        file: 'tokenizer.json',
        what: 'model',
      });
    }
    const bare = openTokenizer(memoryFolder({ 'tokenizer.json': '{"model":{"vocab":{}}}' }));
    await rejectsWith('tokenizer-unsupported', bare);
  });

  for (const Regex of [
    '(?R)',
    'a\\Kb',
    '(?(1)a|b)',
    '\\X',
    '(?<n>a)\\g<n>',
    '(?#x)a',
    '[a',
    'a**b',
    '(?x) a',
  ]) {
    it(`with the expression ${Regex}, which JavaScript cannot follow, is refused with it`, () => {
      const json = trainedJson('BPE', { pre_tokenizer: byteLevel });
      const what = refusal({ ...json, pre_tokenizer: split({ Regex }, 'Isolated') });
      assert.ok(what.includes(JSON.stringify(Regex).slice(1, -1)) || what.includes(Regex), what);
    });
  }
});
