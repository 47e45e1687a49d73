// `replay` of the command line: a record of what the command line itself generates comes out the same, a changed one does not.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedToken, SessionRecord } from '../../src/protocol/sessionRecord';
import { cliLines, cliTimeoutMs, runCli, workFolder } from '../support/cli';

interface Generated {
  readonly id?: number;
  readonly probability: number;
  readonly rank: number;
  readonly draw: number | null;
}

const sampling = { temperature: 0.9, topK: 40, topP: 0.95, seed: 3 };

async function recordOfCli(): Promise<SessionRecord> {
  const prompt = 'Once upon a time';
  const ids = await cliLines<{ id: number }>(['tokenize'], { input: prompt });
  const options = ['--temperature', '0.9', '--top-k', '40', '--top-p', '0.95', '--seed', '3'];
  const args = ['generate', '--prompt', prompt, '--max-tokens', '8', ...options];
  const lines = await cliLines<Generated>(args);
  const tokens = lines.flatMap(({ id, probability, rank, draw }): RecordedToken[] =>
    id === undefined
      ? []
      : [{ id, probability, rank, draw, surprisalBits: 0, entropyBits: 0, logit: 0 }],
  );
  return {
    format: 'tokenscope-session',
    version: 1,
    model: { name: 'builtin', parameters: 0, hash: 'unknown' },
    device: 'wasm',
    context: prompt,
    contextIds: ids.map(({ id }) => id),
    settings: [{ sampling, stop: { maxTokens: 64, stopStrings: [] } }],
    pieces: tokens.map((token, n) => ({ parent: n - 1, settings: 0, text: '?', tokens: [token] })),
    current: tokens.length - 1,
    ended: null,
  };
}

function written(name: string, record: unknown): string {
  const file = join(workFolder(), name);
  writeFileSync(file, typeof record === 'string' ? record : JSON.stringify(record));
  return file;
}

describe('the command line to replay', function () {
  this.timeout(cliTimeoutMs * 2);

  it('makes every token again, with the same draws and probabilities', async () => {
    const record = await recordOfCli();
    const { code, out, error } = await runCli(['replay', written('same.json', record)]);
    assert.equal(code, 0, error);
    const lines = out.trimEnd().split('\n');
    assert.deepEqual(JSON.parse(lines.at(-1) ?? ''), { reproduced: true, tokens: 8 });
    assert.equal(lines.length, 9);
    assert.match(error, /not the one/, 'the hash was not that of the built-in model');
  });

  it('tells at which token a stop string was complete, across tokens too', async () => {
    const record = await recordOfCli();
    const free = await cliLines<{ text?: string }>([
      ...['generate', '--prompt', record.context, '--max-tokens', '8', '--temperature', '0.9'],
      ...['--top-k', '40', '--top-p', '0.95', '--seed', '3'],
    ]);
    const texts = free.flatMap(({ text }) => text ?? []);
    const stopString = `${(texts[3] ?? '').slice(-1)}${(texts[4] ?? '').slice(0, 2)}`;
    const first = texts.findIndex((_, n) =>
      texts
        .slice(0, n + 1)
        .join('')
        .includes(stopString),
    );
    const settings = [{ sampling, stop: { maxTokens: 64, stopStrings: [stopString] } }];
    const { code, out } = await runCli(['replay', written('stop.json', { ...record, settings })]);
    assert.equal(code, 0);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { stopped?: string | null });
    assert.ok(first >= 0);
    assert.equal(lines[first]?.stopped, 'stop');
    for (const line of lines.slice(0, first)) assert.equal(line.stopped, null);
  });

  it('says where a record does not reproduce, and exits with 1', async () => {
    const record = await recordOfCli();
    const changed = record.pieces.map((piece, n) => {
      const tokens = piece.tokens.map((token) => ({ ...token, id: (token.id + 1) % 100 }));
      return n === 5 ? { ...piece, tokens } : piece;
    });
    const file = written('changed.json', { ...record, pieces: changed });
    const { code, out, error } = await runCli(['replay', file]);
    assert.equal(code, 1);
    assert.match(error, /token 6 was/);
    assert.match(out, /"reproduced":false/);
  });

  it('refuses what is no record, and a record of the future', async () => {
    const none = await runCli(['replay', written('none.json', '{"a": 1}')]);
    assert.deepEqual([none.code, none.out], [1, '']);
    assert.match(none.error, /no record of a session: format/);
    const future = { format: 'tokenscope-session', version: 9 };
    const newer = await runCli(['replay', written('newer.json', future)]);
    assert.equal(newer.code, 1);
    assert.match(newer.error, /version 9/);
    assert.equal((await runCli(['replay'])).code, 2);
  });
});
