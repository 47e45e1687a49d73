// How the command line is called, how it fails and how it ends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cliPath, cliTimeoutMs, oracleFolder, runCli } from '../support/cli';

describe('the command line', function () {
  this.timeout(cliTimeoutMs);

  describe('called wrongly', () => {
    const wrong: readonly (readonly string[])[] = [
      [],
      ['nonsense'],
      ['tokenize', '--nonsense'],
      ['tokenize', 'a', 'b'],
      ['tokenize', '--model'],
      ['trace', '--text', 'a'],
      ['verify'],
      ['verify', '--text', 'a', '--weights', 'int4'],
      ['verify', '--text', 'a', 'b'],
      ['trace', '--out', 'x'],
      ['trace', '--text', 'a', '--ids', '1', '--out', 'x'],
      ['trace', '--text', 'a', '--text', 'b', '--out', 'x'],
      ['trace', '--ids', '1,b', '--out', 'x'],
      ['trace', '--ids', '', '--out', 'x'],
      ['trace', '--text', 'a', '--device', 'gpu', '--out', 'x'],
      ['generate'],
      ['generate', '--prompt', 'a', '--temperature', 'warm'],
      ['generate', '--prompt', 'a', '--temperature', '-1'],
      ['generate', '--prompt', 'a', '--top-p', '0'],
      ['generate', '--prompt', 'a', '--top-k', '-1'],
      ['generate', '--prompt', 'a', '--seed', '1.5'],
      ['generate', '--prompt', 'a', '--max-tokens', '0'],
      ['generate', '--prompt', 'a', '--stop', ''],
      ['generate', '--prompt', 'a', '--threads', '1.5'],
    ];
    for (const args of wrong) {
      it(`as "${args.join(' ')}" it says so in one line and exits with 2`, async () => {
        const { code, out, error } = await runCli(args);
        assert.equal(code, 2, error);
        assert.equal(out, '');
        assert.match(error, /^tokenscope: [^\n]{10,}\n$/);
      });
    }
  });

  describe('that fails', () => {
    const failing: readonly (readonly [string, readonly string[], RegExp])[] = [
      ['a folder that is not there', ['tokenize', '--model', 'nowhere'], /nowhere/],
      ['a file that is not there', ['tokenize', 'nowhere.txt'], /nowhere\.txt.*ENOENT/],
      ['an empty text', ['generate', '--prompt', ''], /text/],
      ['an id outside the vocabulary', ['generate', '--ids', '4096'], /4096/],
      [
        'a place that cannot be written',
        ['trace', '--ids', '1', '--out', 'no/x.safetensors'],
        /no\/x/,
      ],
    ];
    for (const [what, args, sentence] of failing) {
      it(`over ${what} says so in one line and exits with 1`, async () => {
        const { code, out, error } = await runCli(args);
        assert.equal(code, 1, error);
        assert.equal(out, '');
        assert.match(error, /^tokenscope: [^\n]+\n$/);
        assert.match(error, sentence);
      });
    }

    it('for want of a tokenizer says that text needs one', async () => {
      const { code, error } = await runCli([
        'generate',
        '--model',
        oracleFolder('tiny-tied'),
        '--prompt',
        'a',
      ]);
      assert.equal(code, 1);
      assert.match(error, /tokenizer/);
    });

    it('speaks Japanese where the environment does', async () => {
      const { code, error } = await runCli(['tokenize', '--model', 'nowhere'], {
        language: 'ja_JP.UTF-8',
      });
      assert.equal(code, 1);
      assert.match(error, /フォルダー nowhere/);
    });
  });

  it('tells its version and its commands', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    assert.deepEqual(await runCli(['--version']), { code: 0, out: `${version}\n`, error: '' });
    for (const command of ['tokenize', 'trace', 'verify', 'generate']) {
      const { code, out } = await runCli([command, '--help']);
      assert.equal(code, 0);
      assert.ok(out.includes(`cli.js ${command}`));
    }
  });

  it('ends when it is interrupted, also while it waits for input', async () => {
    const child = spawn(process.execPath, [cliPath, 'tokenize'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const error: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => error.push(chunk));
    const ended = new Promise((resolve) => child.on('close', resolve));
    // A signal that comes before the command listens ends it as well.
    child.stdin.write('x');
    const repeat = setInterval(() => child.kill('SIGINT'), 500);
    const code = await ended;
    clearInterval(repeat);
    assert.notEqual(code, 0);
    assert.doesNotMatch(Buffer.concat(error).toString(), /\n.*\n/);
  });

  it('ends quietly when its reader has read enough', async () => {
    const child = spawn(process.execPath, [cliPath, 'tokenize', '-'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const error: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => error.push(chunk));
    child.stdout.once('data', () => child.stdout.destroy());
    child.stdin.end('word '.repeat(200_000));
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(code, 0);
    assert.equal(Buffer.concat(error).toString(), '');
  });

  it('is built', () => {
    assert.ok(existsSync(cliPath), 'run npm run build first');
  });
});
