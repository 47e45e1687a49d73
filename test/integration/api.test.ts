// What other extensions get: the API of activate() and the tools of chat models, compared with the command line.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TokenscopeApi } from '../../src/extension/api/tokenscopeApi';
import { cli, extensionId } from './editorSupport';
import type { CliToken } from './editorSupport';

const text = 'Once upon a time there was a 漢字 little girl 🐈';

async function api(): Promise<TokenscopeApi> {
  const extension = vscode.extensions.getExtension<TokenscopeApi>(extensionId);
  assert.ok(extension);
  return extension.activate();
}

async function callTool(name: string, input: object): Promise<unknown> {
  const options = { input, toolInvocationToken: undefined };
  const { content } = await vscode.lm.invokeTool(`tokenscope_${name}`, options);
  const [part] = content;
  assert.ok(part instanceof vscode.LanguageModelTextPart);
  return JSON.parse(part.value);
}

describe('for other programs', () => {
  it('the API tokenizes and counts as the command line does', async () => {
    const tokenscope = await api();
    assert.equal(tokenscope.version, 1);
    const expected = cli<CliToken>(['tokenize', '-'], text);
    const tokens = await tokenscope.tokenize(text);
    assert.deepEqual(
      Array.from(tokens.ids, (id, row) => [id, tokens.starts[row], tokens.ends[row]]),
      expected.map(({ id, start, end }) => [id, start, end]),
    );
    const bytes = Buffer.from(text);
    assert.deepEqual(
      Array.from(tokens.byteStarts, (start, row) =>
        bytes.subarray(start, tokens.byteEnds[row]).toString('hex'),
      ),
      expected.map((token) => token.bytes),
    );
    assert.equal(await tokenscope.count(text), expected.length);
    assert.equal(await tokenscope.count(''), 0);
    const inO200k = cli<CliToken>(['tokenize', '--tokenizer', 'o200k_base', '-'], text);
    assert.equal(await tokenscope.count(text, { tokenizer: 'o200k_base' }), inO200k.length);
    await assert.rejects(tokenscope.count(text, { tokenizer: 'gpt-9' }));
  });

  it('the API tells what the model expects next, as the command line generates it', async () => {
    const tokenscope = await api();
    const [first] = cli<{ id: number; probability: number }>([
      'generate',
      '--prompt',
      text,
      '--max-tokens',
      '1',
    ]);
    assert.ok(first);
    const { tokens, entropyBits, dropped } = await tokenscope.nextTokens(text, { count: 4096 / 8 });
    assert.equal(tokens.length, 512);
    assert.equal(tokens[0]?.id, first.id);
    // Both are float64 sums over the same float32 logits; the cached pass may differ in their last bits.
    assert.ok(Math.abs(tokens[0].probability - first.probability) < 1e-5);
    assert.ok(entropyBits > 0 && entropyBits < 12);
    assert.equal(dropped, 0);
  });

  it('the API traces a pass and gives its activations as a safetensors file', async () => {
    const tokenscope = await api();
    const pass = await tokenscope.trace(text);
    assert.ok(Number.isNaN(pass.surprisalBits[0]));
    assert.ok(pass.surprisalBits.slice(1).every((bits) => bits > 0));
    const file = Buffer.from(await pass.activations());
    const header = file.subarray(8, 8 + Number(file.readBigUInt64LE(0))).toString();
    const names = Object.keys(JSON.parse(header) as object);
    assert.ok(names.includes('blocks.0.attn.pattern'), names.join());
  });

  it('the API refuses what makes no sense, and can be cancelled', async () => {
    const tokenscope = await api();
    const code = (expected: string) => (error: unknown) =>
      (error as { failure?: { code: string } }).failure?.code === expected;
    await assert.rejects(tokenscope.trace(''), code('text-empty'));
    await assert.rejects(tokenscope.nextTokens(text, { count: 0 }), code('setting-invalid'));
    await assert.rejects(tokenscope.count(5 as unknown as string), code('setting-invalid'));
    const controller = new AbortController();
    const counting = tokenscope.count(text.repeat(100_000), { signal: controller.signal });
    controller.abort();
    await assert.rejects(counting, code('cancelled'));
  });

  it('chat models find three tools, and these answer from the engine', async () => {
    const tokenscope = await api();
    const names = vscode.lm.tools
      .map(({ name }) => name)
      .filter((name) => /^tokenscope_/.test(name));
    assert.deepEqual(names.sort(), [
      'tokenscope_count_tokens',
      'tokenscope_explain_tokenization',
      'tokenscope_next_token_probabilities',
    ]);
    const ids = Array.from((await tokenscope.tokenize(text)).ids);
    assert.deepEqual(await callTool('count_tokens', { text }), {
      tokens: ids.length,
      tokenizer: 'model',
      characters: Array.from(text).length,
    });
    const explained = (await callTool('explain_tokenization', { text })) as {
      tokens: { id: number }[];
      pieces: { ids: number[]; merges: { parts: string[] }[] }[];
    };
    assert.deepEqual(
      explained.tokens.map(({ id }) => id),
      ids,
    );
    assert.deepEqual(
      explained.pieces.flatMap((piece) => piece.ids),
      ids,
    );
    assert.ok(explained.pieces.some((piece) => piece.merges.at(-1)?.parts.join() === ' little'));
    const predicted = (await callTool('next_token_probabilities', { text, count: 3 })) as {
      tokens: { id: number; probability: number }[];
    };
    const { tokens } = await tokenscope.nextTokens(text, { count: 3 });
    assert.deepEqual(
      predicted.tokens.map(({ id, probability }) => [id, probability]),
      tokens.map(({ id, probability }) => [id, probability]),
    );
  });

  it('a tool that is asked nonsense says so', async () => {
    await assert.rejects(callTool('next_token_probabilities', { text: '' }));
    await assert.rejects(callTool('explain_tokenization', { text: 'a'.repeat(4097) }));
  });
});
