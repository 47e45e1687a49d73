// Tokenizers beside the model's: which one answers, what needs a model, and what is told of files that cannot be used.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Engine } from '../../src/engine/engine';
import { failureOf } from '../../src/protocol/failures';
import type { TokenizerChoice, TokenizerSource } from '../../src/protocol/tokenizers';
import { nodeParts } from '../../src/worker/nodeHost';
import { cases } from '../support/pipelineCases';

const builtin = resolve('media/models/builtin');
const o200k = chosen({ kind: 'encoding', name: 'o200k_base' });
const text = 'Once upon <|endoftext|> 昔々';

function chosen(
  source: TokenizerSource,
  specialTokens: TokenizerChoice['specialTokens'] = 'recognised',
): TokenizerChoice {
  return { source, specialTokens };
}

describe('tokenizers of the engine', () => {
  let engine: Engine;
  let folder: string;

  beforeEach(() => {
    engine = new Engine(nodeParts({ kernels: 'dist/kernels.wasm', builtin }));
    folder = mkdtempSync(join(tmpdir(), 'tokenscope-'));
  });

  afterEach(async () => {
    await engine.dispose();
    rmSync(folder, { recursive: true });
  });

  const codeOf = async (source: TokenizerSource): Promise<string> => {
    const answer = engine.tokenizerInfo({ tokenizer: chosen(source) });
    return answer.then(
      () => 'opened',
      (error: unknown) => failureOf(error).code,
    );
  };

  it('answer without a model, and only the model’s own needs one', async () => {
    const { ids } = await engine.tokenize({ text, tokenizer: o200k });
    assert.equal(await engine.countTokens({ text, tokenizer: o200k }), ids.length);
    await assert.rejects(engine.tokenize({ text }), /no-model/);
  });

  it('leave the model’s own as it is', async () => {
    await engine.openModel({ location: { kind: 'builtin' } });
    const own = await engine.tokenize({ text });
    const other = await engine.tokenize({ text, tokenizer: o200k });
    assert.notDeepEqual(other.ids, own.ids);
    const again = await engine.tokenize({ text, tokenizer: chosen({ kind: 'model' }) });
    assert.deepEqual(again.ids, own.ids);
    const file = chosen({ kind: 'file', folder: builtin, name: 'tokenizer.json' });
    assert.deepEqual((await engine.tokenize({ text, tokenizer: file })).ids, own.ids);
  });

  it('take marks for text when asked to, the model’s own too', async () => {
    await engine.openModel({ location: { kind: 'builtin' } });
    for (const source of [{ kind: 'model' }, o200k.source] as const) {
      const recognised = await engine.tokenize({ text, tokenizer: chosen(source) });
      const asText = await engine.tokenize({ text, tokenizer: chosen(source, 'as-text') });
      const { special } = await engine.vocabulary({ tokenizer: chosen(source) });
      assert.ok(recognised.ids.some((id) => special.includes(id)));
      assert.ok(!asText.ids.some((id) => special.includes(id)));
    }
  });

  it('say of what kind they are and how many ids they have', async () => {
    const info = await engine.tokenizerInfo({ tokenizer: o200k });
    assert.deepEqual(info, { kind: 'bytePairs', vocabulary: 200_019, special: 2 });
    const json = cases['WordPiece as BERT has it']?.();
    writeFileSync(join(folder, 'words.json'), JSON.stringify(json));
    const file = chosen({ kind: 'file', folder, name: 'words.json' });
    assert.equal((await engine.tokenizerInfo({ tokenizer: file })).kind, 'wordPiece');
  });

  it('are any that tokenizer.json describes in a model folder too', async () => {
    for (const file of ['config.json', 'model.safetensors']) {
      cpSync(join(builtin, file), join(folder, file));
    }
    const json = cases['Unigram with Metaspace']?.();
    writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(json));
    const model = await engine.openModel({ location: { kind: 'folder', folder } });
    assert.ok(model.hasTokenizer);
    const table = await engine.tokenize({ text: 'the quick brown fox' });
    assert.ok(table.byteEnds !== undefined);
    // Every row still names its own bytes of the text.
    table.byteStarts.forEach((start, row) => assert.ok(start <= (table.byteEnds?.[row] ?? -1)));
  });

  it('are refused one by one for what is wrong with their files', async () => {
    const file = (name: string, content: string | Uint8Array): TokenizerSource => {
      writeFileSync(join(folder, name), content);
      return { kind: 'file', folder, name };
    };
    mkdirSync(join(folder, 'empty'));
    assert.equal(await codeOf({ kind: 'folder', folder: join(folder, 'no') }), 'folder-not-found');
    assert.equal(
      await codeOf({ kind: 'folder', folder: join(folder, 'empty') }),
      'tokenizer-missing',
    );
    assert.equal(await codeOf({ kind: 'file', folder, name: 'no.json' }), 'file-unreadable');
    assert.equal(await codeOf(file('cut.json', '{"model": ')), 'json-malformed');
    assert.equal(await codeOf(file('binary.json', Uint8Array.of(0, 255, 1))), 'json-malformed');
    assert.equal(await codeOf(file('other.json', '{"a": 1}')), 'tokenizer-malformed');
    const json = cases['WordPiece as BERT has it']?.();
    const compiled = { ...json, normalizer: { type: 'Precompiled', precompiled_charsmap: 'AA' } };
    const answer = engine.tokenizerInfo({
      tokenizer: chosen(file('compiled.json', JSON.stringify(compiled))),
    });
    await assert.rejects(answer, /precompiled_charsmap/);
  });

  it('are cancelled before they are opened', async () => {
    const signal = AbortSignal.abort();
    await assert.rejects(engine.tokenize({ text, tokenizer: o200k }, { signal }), /cancelled/);
  });
});
