// From a text to a vocabulary to a model, and on from where it was stopped.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliLines, cliPath, cliTimeoutMs, runCli, workFolder } from '../support/cli';

interface StepLine {
  readonly step: number;
  readonly loss?: number;
  readonly bitsPerByte?: number;
  readonly stopped?: string;
}

const vocabulary = 290;
/** Enough for Ctrl-C to come in the midst of them. */
const steps = 150;

const small = {
  ...{ layers: 1, heads: 2, width: 16, context: 16, batch: 4, steps },
  ...{ warmup: 3, 'learning-rate': 0.02 },
};

describe('training on the command line', function () {
  this.timeout(2 * cliTimeoutMs);
  let corpus: string;
  let tokenizer: string;
  const place = (name: string): string => join(workFolder(), name);
  const train = (
    out: string,
    changes: Readonly<Record<string, string | number>> = {},
  ): string[] => {
    const options = Object.entries({ ...small, ...changes });
    const texts = ['--corpus', `${corpus}:2`, '--tokenizer', tokenizer, '--validate', corpus];
    const shape = options.flatMap(([name, value]) => [`--${name}`, String(value)]);
    return ['train', ...texts, '--out', place(out), ...shape];
  };

  before(async () => {
    corpus = place('corpus.txt');
    tokenizer = place('vocabulary.json');
    const sentences = ['The cat sat on the mat.', '猫がマットに座った。', 'const cat = mat[0];'];
    const lines = Array.from({ length: 300 }, (_, i) => sentences[((i * i) % 7) % 3]);
    writeFileSync(corpus, `${lines.join('\n')}\n<|endoftext|>\n`);
    const args = ['vocabulary', '--size', String(vocabulary), '--out', tokenizer, corpus];
    const merges = await cliLines<{ merge: number; text: string; count: number }>(args);
    assert.equal(merges.length, vocabulary - 257);
    assert.deepEqual(
      merges.map(({ merge }) => merge),
      [...merges.keys()],
    );
    assert.ok(merges.some(({ text }) => text === ' mat'));
  });

  it('learns, measures, and leaves a model that the other commands open', async () => {
    const lines = await cliLines<StepLine>(train('whole'));
    const losses = lines.flatMap(({ loss }) => loss ?? []);
    assert.equal(losses.length, steps);
    assert.ok((losses.at(-1) ?? NaN) < (losses[0] ?? NaN) - 0.5, String(losses));
    assert.deepEqual(lines.at(-1), { stopped: 'finished', step: steps });

    const [evaluated] = await cliLines<StepLine>(['evaluate', '--model', place('whole'), corpus]);
    const validated = lines.find(({ bitsPerByte }) => bitsPerByte !== undefined);
    // The same float32 arithmetic in batches of another size: sums in another order.
    const difference = (evaluated?.bitsPerByte ?? NaN) - (validated?.bitsPerByte ?? NaN);
    assert.ok(Math.abs(difference) < 1e-6, String(difference));

    const prompt = ['--model', place('whole'), '--prompt', 'The', '--max-tokens', '3'];
    assert.equal((await cliLines(['generate', ...prompt])).length, 4);
  });

  it('goes on after Ctrl-C to the very same weights', async () => {
    await interruptAfter(train('parts'), 3);
    const lines = await cliLines<StepLine>(['train', '--resume', '--out', place('parts')]);
    assert.deepEqual(lines.at(-1), { stopped: 'finished', step: steps });
    assert.ok(!lines.some(({ step, loss }) => step === 1 && loss !== undefined), 'it began anew');
    for (const file of ['model.safetensors', 'checkpoint.safetensors']) {
      const [parts, whole] = ['parts', 'whole'].map((run) => readFileSync(join(place(run), file)));
      assert.ok(whole !== undefined && parts?.equals(whole), file);
    }
  });

  it('never writes over a model', async () => {
    mkdirSync(place('model'));
    writeFileSync(join(place('model'), 'model.safetensors'), 'precious');
    for (const folder of ['whole', 'model']) {
      const { code, error } = await runCli(train(folder));
      assert.equal(code, 2);
      assert.match(error, /--resume/);
    }
    assert.equal(readFileSync(join(place('model'), 'model.safetensors'), 'utf8'), 'precious');
  });

  it('keeps what was changed when a run went on', async () => {
    const longer = ['train', '--resume', '--out', place('whole'), '--steps', String(steps + 2)];
    assert.deepEqual((await cliLines(longer)).at(-1), { stopped: 'finished', step: steps + 2 });
    const again = await cliLines(['train', '--resume', '--out', place('whole')]);
    assert.deepEqual(again.at(-1), { stopped: 'finished', step: steps + 2 });
  });

  it('stops when the loss diverges, and goes on from the checkpoint before', async () => {
    const wild = { optimizer: 'sgd', 'learning-rate': 1e6, clip: 1e9, warmup: 0 };
    const { code, error } = await runCli(train('wild', wild));
    assert.equal(code, 1);
    assert.match(error, /diverge|loss was/);
    const calm = ['--resume', '--out', place('wild'), '--learning-rate', '0.01'];
    const lines = await cliLines<StepLine>(['train', ...calm]);
    assert.deepEqual(lines.at(-1), { stopped: 'finished', step: steps });
  });

  const failing: readonly (readonly [string, () => string[], RegExp])[] = [
    ['a vocabulary larger than the text allows', tooLarge, /at most \d+, not 5000/],
    ['a text shorter than the context', () => train('x', { context: 60_000 }), /60001/],
    ['a text that is none', () => binary(train('x')), /UTF-8/],
    ['a text that is not there', () => missing(train('x')), /nowhere/],
    ['a run that is not there', () => ['train', '--resume', '--out', place('x')], /folder/],
    [
      'a folder that cannot be made',
      () => unwritable(train('x')),
      /corpus\.txt.*cannot be written/,
    ],
    ['a damaged checkpoint', () => damaged(), /checkpoint\.safetensors is damaged/],
  ];
  for (const [what, args, sentence] of failing) {
    it(`says so in one line over ${what}`, async () => {
      const { code, error } = await runCli(args());
      assert.equal(code, 1, error);
      assert.match(error, /^tokenscope: [^\n]+\n$/);
      assert.match(error, sentence);
    });
  }

  const wrong: readonly (readonly string[])[] = [
    ['vocabulary', 'x'],
    ['vocabulary', '--out', 'x'],
    ['vocabulary', '--size', '256', '--out', 'x', 'y'],
    ['evaluate'],
    ['evaluate', '--bytes', '0', 'x'],
    ['train'],
    ['train', '--out', 'x', '--tokenizer', 'y'],
    ['train', '--out', 'x', '--resume', '--seed', '2'],
    ['train', '--out', 'x', '--corpus', 'y'],
    ['train', '--out', 'x', '--corpus', 'y:0', '--tokenizer', 'z'],
    ['train', '--out', 'x', '--corpus', 'y', '--tokenizer', 'z', '--heads', '3'],
    ['train', '--out', 'x', '--corpus', 'y', '--tokenizer', 'z', '--optimizer', 'best'],
    ['train', '--out', 'x', '--corpus', 'y', '--tokenizer', 'z', '--learning-rate', '-1'],
    ['train', '--out', 'x', '--corpus', 'y', '--tokenizer', 'z', '--steps', '1.5'],
  ];
  for (const args of wrong) {
    it(`called as "${args.join(' ')}" exits with 2`, async () => {
      const { code, error } = await runCli(args);
      assert.equal(code, 2, error);
      assert.match(error, /^tokenscope: [^\n]{10,}\n$/);
    });
  }

  it('tells its options in both languages', async () => {
    for (const command of ['vocabulary', 'train', 'evaluate']) {
      for (const language of ['C', 'ja_JP.UTF-8']) {
        const { code, out } = await runCli([command, '--help'], { language });
        assert.equal(code, 0);
        assert.ok(out.includes(`cli.js ${command}`));
      }
    }
  });

  function tooLarge(): string[] {
    return ['vocabulary', '--size', '5000', '--out', place('large.json'), corpus];
  }

  /** The same with a text that is not UTF-8. */
  function binary(args: string[]): string[] {
    const file = place('binary');
    writeFileSync(file, Uint8Array.of(0x41, 0xff, 0xfe, 0x00));
    return args.map((arg) => (arg === `${corpus}:2` ? file : arg));
  }

  function missing(args: string[]): string[] {
    return args.map((arg) => (arg === `${corpus}:2` ? place('nowhere') : arg));
  }

  /** The same into a folder inside a file. */
  function unwritable(args: string[]): string[] {
    return args.map((arg) => (arg === place('x') ? join(corpus, 'x') : arg));
  }

  /** A run whose checkpoint was cut off. */
  function damaged(): string[] {
    const file = join(place('parts'), 'checkpoint.safetensors');
    writeFileSync(file, readFileSync(file).subarray(0, -100));
    return ['train', '--resume', '--out', place('parts')];
  }
});

/** Presses Ctrl-C when a step has been told of; the run has to end by itself and cleanly. */
async function interruptAfter(args: readonly string[], step: number): Promise<void> {
  const child = spawn(process.execPath, [cliPath, ...args], { cwd: workFolder() });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const before = out.includes(`{"step":${step},"loss"`);
    out += chunk.toString();
    if (!before && out.includes(`{"step":${step},"loss"`)) child.kill('SIGINT');
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(code, 0);
  const last = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as StepLine;
  assert.equal(last.stopped, 'interrupted');
  assert.ok(last.step >= step && last.step < steps, `it stopped at ${last.step}`);
}
