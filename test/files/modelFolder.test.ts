// Model folders as people have them: whole, sharded, damaged, incomplete.
import assert from 'node:assert/strict';
import { estimateModelFolder, openModelFolder } from '../../src/engine/files/modelFolder';
import type { WeightSource } from '../../src/engine/model/weights';
import { nodeModelFiles } from '../../src/worker/nodeFiles';
import { rejectsWith } from '../support/failing';
import type { FileContents, MemoryFolder, RawTensor } from '../support/modelFolders';
import {
  float32Tensor,
  memoryFolder,
  packTensors,
  tinyConfig,
  tinyTensors,
} from '../support/modelFolders';
import { oracleNames, readOracle } from '../support/oracle';

const config = JSON.stringify(tinyConfig);
const tensors = tinyTensors();

function folderWith(change: FileContents): MemoryFolder {
  return memoryFolder({
    'config.json': config,
    'model.safetensors': packTensors(tensors),
    ...change,
  });
}

function folderOf(changed: Readonly<Record<string, RawTensor>>): MemoryFolder {
  return folderWith({ 'model.safetensors': packTensors(changed) });
}

/** The same weights in two files and an index. */
function shards(): Record<string, Uint8Array | string | undefined> {
  const names = Object.keys(tensors);
  const part = (from: number, to: number): Record<string, RawTensor> =>
    Object.fromEntries(Object.entries(tensors).slice(from, to));
  const weightMap = Object.fromEntries(
    names.map((name, index) => [name, index < 5 ? 'one.safetensors' : 'two.safetensors']),
  );
  return {
    'config.json': config,
    'one.safetensors': packTensors(part(0, 5)),
    'two.safetensors': packTensors(part(5, names.length)),
    'model.safetensors.index.json': JSON.stringify({ weight_map: weightMap }),
  };
}

async function allValues(weights: WeightSource): Promise<Map<string, number[]>> {
  const all = new Map<string, number[]>();
  for (const name of weights.names) {
    const values: number[] = [];
    for await (const chunk of weights.chunks(name)) values.push(...chunk.values);
    all.set(name, values);
  }
  return all;
}

describe('a model folder', () => {
  it('is estimated from config and header alone', async () => {
    // Wide enough that the data is longer than the header.
    const wideConfig = { ...tinyConfig, n_embd: 32 };
    const wideTensors = tinyTensors(wideConfig);
    const folder = memoryFolder({
      'config.json': JSON.stringify(wideConfig),
      'model.safetensors': packTensors(wideTensors),
    });
    const estimate = await estimateModelFolder(folder);
    const data = Object.values(wideTensors).reduce((sum, t) => sum + t.bytes.length, 0);
    assert.equal(estimate.parameters, data / 4);
    assert.equal(estimate.weightBytes, data);
    assert.equal(estimate.fileBytes, packTensors(wideTensors).length);
    // Keys and values of 1 block, 8 positions, 32 channels.
    assert.equal(estimate.cacheBytes, 4 * 2 * 8 * 32);
    assert.deepEqual([...folder.openFiles], []);
    assert.ok(folder.longestRead < data, 'the data was read');
  });

  it('gives its weights without the prefix of GPT2LMHeadModel, and without the masks of old files', async () => {
    const folder = folderOf({
      ...tensors,
      'transformer.h.0.attn.bias': float32Tensor([1], [NaN]),
      'transformer.h.0.attn.masked_bias': float32Tensor([], [-1e4]),
    });
    const opened = await openModelFolder(folder);
    const { weights } = opened;
    assert.ok(weights.has('h.0.attn.c_attn.bias'));
    assert.ok(!weights.has('h.0.attn.bias'));
    assert.ok(!weights.has('h.0.attn.masked_bias'));
    assert.deepEqual(weights.shape('wpe.weight'), [8, 4]);
    await opened.close();
    assert.deepEqual([...folder.openFiles], []);
  });

  it('without prefixes is the same model', async () => {
    const bare = Object.fromEntries(
      Object.entries(tensors).map(([name, t]) => [name.replace('transformer.', ''), t]),
    );
    const [plain, prefixed] = [
      await openModelFolder(folderOf(bare)),
      await openModelFolder(folderWith({})),
    ];
    assert.deepEqual(await allValues(plain.weights), await allValues(prefixed.weights));
  });

  it('in shards is the same model as in one file', async () => {
    const sharded = await openModelFolder(memoryFolder(shards()));
    const single = await openModelFolder(folderWith({}));
    const [actual, expected] = [await allValues(sharded.weights), await allValues(single.weights)];
    assert.deepEqual(actual, expected);
    assert.equal(actual.size, Object.keys(tensors).length);
  });

  it('on disk is read as an independent reader reads it', async () => {
    for (const name of oracleNames) {
      const folder = await openModelFolder(await nodeModelFiles(`test/fixtures/oracle/${name}`));
      const oracle = readOracle(name);
      assert.deepEqual(folder.config, oracle.config);
      for (const [stored, { values }] of oracle.weights) {
        const actual = (await allValues(folder.weights)).get(stored.replace('transformer.', ''));
        assert.deepEqual(actual, Array.from(values), stored);
      }
      await folder.close();
    }
  });

  it('may do without a tokenizer', async () => {
    assert.equal((await openModelFolder(folderWith({}))).tokenizer, undefined);
  });

  it('whose flag says tied ignores an output layer of its own, as transformers does', async () => {
    const extra = { ...tensors, 'lm_head.weight': float32Tensor([10, 4], new Float32Array(40)) };
    const { config: opened } = await openModelFolder(folderOf(extra));
    assert.ok(opened.tied);
  });
});

describe('a model folder that cannot be used', () => {
  const untied = JSON.stringify({ ...tinyConfig, tie_word_embeddings: false });
  const wide = JSON.stringify({ ...tinyConfig, vocab_size: 11 });
  const lacking = Object.fromEntries(
    Object.entries(tensors).filter(([name]) => name !== 'transformer.h.0.ln_2.bias'),
  );
  const sharded = shards();
  const index = sharded['model.safetensors.index.json'] as string;

  const cases: readonly (readonly [string, FileContents, string, object])[] = [
    [
      'has no config',
      { ...folderContents(), 'config.json': undefined },
      'file-missing',
      { file: 'config.json', folder: 'memory' },
    ],
    [
      'has no weights',
      { 'config.json': config },
      'file-missing',
      { file: 'model.safetensors', folder: 'memory' },
    ],
    [
      'lacks a tensor',
      { ...folderContents(), 'model.safetensors': packTensors(lacking) },
      'tensor-missing',
      { tensor: 'h.0.ln_2.bias' },
    ],
    [
      'is untied and has no output layer',
      { ...folderContents(), 'config.json': untied },
      'tensor-missing',
      { tensor: 'lm_head.weight' },
    ],
    [
      'has weights of another size than its config says',
      { ...folderContents(), 'config.json': wide },
      'tensor-shape',
      { tensor: 'wte.weight', expected: '[11, 4]', actual: '[10, 4]' },
    ],
    [
      'holds a weight with and without prefix',
      {
        ...folderContents(),
        'model.safetensors': packTensors({
          ...tensors,
          'ln_f.bias': float32Tensor([4], [1, 2, 3, 4]),
        }),
      },
      'safetensors-malformed',
      { file: 'model.safetensors', why: 'name-duplicate', tensor: 'ln_f.bias' },
    ],
    [
      'lacks a shard',
      { ...sharded, 'two.safetensors': undefined },
      'file-missing',
      { file: 'two.safetensors', folder: 'memory' },
    ],
    [
      'has an index that names a tensor its shard has not',
      { ...sharded, 'model.safetensors.index.json': index.replace('ln_f.bias', 'ln_g.bias') },
      'index-inconsistent',
      { file: 'model.safetensors.index.json', tensor: 'transformer.ln_g.bias' },
    ],
    [
      'has an index that leads out of the folder',
      { ...sharded, 'model.safetensors.index.json': index.replaceAll('two.', '../two.') },
      'index-inconsistent',
      { file: 'model.safetensors.index.json', tensor: Object.keys(tensors)[5] },
    ],
    [
      'has an index without a map',
      { ...sharded, 'model.safetensors.index.json': '{}' },
      'json-malformed',
      { file: 'model.safetensors.index.json', why: 'weight_map' },
    ],
    [
      'has a config of five megabytes',
      { ...folderContents(), 'config.json': ' '.repeat(5 * 1024 * 1024) },
      'file-too-large',
      { file: 'config.json', bytes: 5 * 1024 * 1024, limitBytes: 4 * 1024 * 1024 },
    ],
  ];

  for (const [what, contents, code, details] of cases) {
    it(`because it ${what} is refused as ${code}, and its files are closed`, async () => {
      const folder = memoryFolder(contents);
      assert.deepEqual(await rejectsWith(code, openModelFolder(folder)), details);
      assert.deepEqual([...folder.openFiles], []);
    });
  }

  it('because its config is broken is refused as json-malformed', async () => {
    const folder = folderWith({ 'config.json': '{"n_layer": 1,' });
    const details = (await rejectsWith('json-malformed', openModelFolder(folder))) as {
      file: string;
    };
    assert.equal(details.file, 'config.json');
  });

  it('because its tokenizer has more ids than the embedding has rows is refused', async () => {
    const vocabulary = Object.fromEntries(
      Array.from('abcdefghijklm', (letter, id) => [letter, id]),
    );
    const contents = { 'vocab.json': JSON.stringify(vocabulary), 'merges.txt': '' };
    const details = await rejectsWith('vocabulary-mismatch', openModelFolder(folderWith(contents)));
    assert.deepEqual(details, { tokenizer: 13, embedding: 10 });
    const folder = await openModelFolder(folderWith(contents), { tokenizer: 'skip' });
    assert.equal(folder.tokenizer, undefined);
  });

  it('because nobody waits for it any more is closed again', async () => {
    const folder = folderWith({});
    await rejectsWith('cancelled', openModelFolder(folder, { signal: AbortSignal.abort() }));
    assert.deepEqual([...folder.openFiles], []);
  });
});

function folderContents(): FileContents {
  return { 'config.json': config, 'model.safetensors': packTensors(tensors) };
}
