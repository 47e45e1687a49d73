// Counting files: what git ignores, what is text, what is counted again, sums of folders, and tables for other programs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { asCsv, asJson, countTree } from '../../src/extension/counting/countTree';
import { FileCounts } from '../../src/extension/counting/fileCounts';
import { textOfFile } from '../../src/extension/counting/fileText';
import { IgnoreRules } from '../../src/extension/counting/ignoreRules';

const signal = new AbortController().signal;

describe('rules of .gitignore', () => {
  const ignoreFiles = [
    { folder: '', content: '*.log\n/build/\n!keep.log\nnested/only.txt\n# a comment\n' },
    { folder: 'a', content: '!important.log\n/private\nb/*\n!b/c\n' },
    { folder: 'a/b/c', content: '*\n!seen.txt\n' },
  ];
  const paths = [
    'x.log',
    'keep.log',
    'build/x.txt',
    'a/build/x.txt',
    'a/important.log',
    'a/other.log',
    'a/private/x.txt',
    'a/b/x.txt',
    'a/b/c/seen.txt',
    'a/b/c/unseen.txt',
    'nested/only.txt',
    'a/nested/only.txt',
    'ordinary file.txt',
    'build2/keep.log',
  ];

  it('decide as git itself does', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tokenscope-ignore-'));
    try {
      execFileSync('git', ['init', '-q'], { cwd: folder });
      for (const { folder: at, content } of ignoreFiles) {
        mkdirSync(join(folder, at), { recursive: true });
        writeFileSync(join(folder, at, '.gitignore'), content);
      }
      for (const path of paths) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), 'text');
      }
      const list = ['ls-files', '--others', '--exclude-standard', '-z'];
      const seen = execFileSync('git', list, { cwd: folder, encoding: 'utf8' }).split('\0');
      const rules = new IgnoreRules(ignoreFiles);
      const expected = paths.filter((path) => seen.includes(path));
      assert.ok(expected.length > 3 && expected.length < paths.length);
      assert.deepEqual(
        paths.filter((path) => !rules.ignores(path)),
        expected,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('ignore nothing where there are none', () => {
    assert.ok(!new IgnoreRules([]).ignores('a/b.txt'));
  });
});

describe('the text of a file', () => {
  it('is read as UTF-8, or as UTF-16 with its mark', () => {
    assert.equal(textOfFile(Buffer.from('猫 and a dog')), '猫 and a dog');
    assert.equal(textOfFile(Buffer.from('\ufeff猫')), '\ufeff猫');
    assert.equal(textOfFile(Buffer.from('\ufeff猫', 'utf16le')), '\ufeff猫');
    assert.equal(textOfFile(new Uint8Array()), '');
  });

  it('is missing in a binary file and in one of another encoding', () => {
    assert.equal(textOfFile(Uint8Array.of(0x50, 0x4b, 0, 3)), undefined);
    assert.equal(textOfFile(Uint8Array.of(0x94, 0x4c, 0x82, 0xcd)), undefined);
  });
});

describe('counts of files', () => {
  const countingOn = (contents: Record<string, string>) => {
    const counted: string[] = [];
    const parts = {
      read: (path: string) => Promise.resolve(Buffer.from(contents[path] ?? '')),
      count: (text: string) => {
        counted.push(text);
        return Promise.resolve(text.split(' ').length);
      },
    };
    return { counted, parts };
  };

  it('are made once for each content and tokenizer', async () => {
    const { counted, parts } = countingOn({ a: 'one two', b: 'one two', c: 'three' });
    const counts = new FileCounts();
    const ask = (path: string, tokenizer: string) =>
      counts.count({ path, tokenizer }, parts, { signal });
    assert.deepEqual(await ask('a', 'x'), { tokens: 2, bytes: 7 });
    assert.deepEqual(await ask('b', 'x'), { tokens: 2, bytes: 7 });
    assert.deepEqual(await ask('c', 'x'), { tokens: 1, bytes: 5 });
    assert.deepEqual(await ask('a', 'y'), { tokens: 2, bytes: 7 });
    assert.deepEqual(counted, ['one two', 'three', 'one two']);
  });

  it('outlive a session, and nonsense that was stored does not', async () => {
    const { counted, parts } = countingOn({ a: 'one two' });
    const before = new FileCounts();
    await before.count({ path: 'a', tokenizer: 'x' }, parts, { signal });
    const after = new FileCounts();
    const stored = JSON.parse(
      JSON.stringify({ ...before.store(), nonsense: 'x', more: 5 }),
    ) as unknown;
    after.restore(stored);
    assert.deepEqual(Object.keys(after.store()), Object.keys(before.store()));
    await after.count({ path: 'a', tokenizer: 'x' }, parts, { signal });
    assert.equal(counted.length, 1);
    after.restore(null);
  });

  it('are none for what is no text', async () => {
    const { parts } = countingOn({ a: 'a\0b' });
    const file = { path: 'a', tokenizer: 'x' };
    assert.equal(await new FileCounts().count(file, parts, { signal }), undefined);
  });
});

describe('the tree of counts', () => {
  const files = [
    { path: 'src/a.ts', tokens: 10, bytes: 40, tokenizer: 'gpt2' },
    { path: 'src/deep/b.ts', tokens: 30, bytes: 90, tokenizer: 'gpt2' },
    { path: 'README, "new".md', tokens: 5, bytes: 9, tokenizer: 'o200k_base' },
    { path: '=cmd.txt', tokens: 1, bytes: 2, tokenizer: 'gpt2' },
  ];

  it('sums its folders and has the largest first', () => {
    const top = countTree(files);
    assert.deepEqual([top.tokens, top.bytes, top.files], [46, 141, 4]);
    const [src, readme] = top.children ?? [];
    assert.deepEqual([src?.name, src?.path, src?.tokens, src?.files], ['src', 'src', 40, 2]);
    assert.deepEqual(
      src?.children?.map(({ path, children }) => [path, children === undefined]),
      [
        ['src/deep', false],
        ['src/a.ts', true],
      ],
    );
    assert.equal(readme?.name, 'README, "new".md');
    assert.deepEqual(countTree([]).children, []);
  });

  it('is written as CSV that no spreadsheet misreads, and as JSON', () => {
    assert.deepEqual(asCsv(files).split('\r\n'), [
      'path,tokens,bytes',
      'src/deep/b.ts,30,90',
      'src/a.ts,10,40',
      '"README, ""new"".md",5,9',
      "'=cmd.txt,1,2",
      '',
    ]);
    assert.deepEqual(JSON.parse(asJson(files)), {
      tokenizer: 'gpt2, o200k_base',
      tokens: 46,
      files: [files[1], files[0], files[2], files[3]],
    });
  });
});
