// Counting in a window: which of the workspace's files are worth counting.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { CountedWorkspace, type FileChange } from '../../src/extension/counting/countedWorkspace';
import { FolderCounter } from '../../src/extension/counting/folderCounter';
import { filesOf, pathBelow } from '../../src/extension/counting/workspaceFiles';
import { FileLanguages, matchesGlob } from '../../src/extension/tokenizers/fileLanguages';
import type { TokenizerChoice } from '../../src/protocol/tokenizers';
import { WorkspaceWatch } from '../../src/extension/counting/workspaceWatch';
import type { TokenscopeApi } from '../../src/extension/api/tokenscopeApi';
import { extensionId, until } from './editorSupport';

const { token } = new vscode.CancellationTokenSource();

describe('counting', () => {
  it('finds the files of the workspace, and none that the settings hide', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const paths = async (): Promise<string[]> => {
      const { uris } = await filesOf(folder.uri, token);
      return uris.map((uri) => pathBelow(folder.uri, uri)).sort();
    };
    const all = ['code.ts', 'mukashi.txt', 'story.md'];
    assert.deepEqual(
      (await paths()).filter((path) => !path.startsWith('.vscode/')),
      all,
    );
    const settings = vscode.workspace.getConfiguration('files');
    const hidden = { '**/*.ts': true, '**/.vscode': true };
    await settings.update('exclude', hidden, vscode.ConfigurationTarget.Workspace);
    try {
      assert.deepEqual(await paths(), ['mukashi.txt', 'story.md']);
    } finally {
      await settings.update('exclude', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it('knows the language of files that nobody has open, by which a tokenizer is chosen', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const languages = (): string[] => {
      const files = new FileLanguages();
      const names = ['a.py', 'b.d.ts', 'c.txt', 'Dockerfile', 'README.MD', 'd.unheard-of'];
      return names.map((name) => files.of(vscode.Uri.joinPath(folder.uri, name)).languageId);
    };
    assert.deepEqual(languages(), [
      'python',
      'typescript',
      'plaintext',
      'dockerfile',
      'markdown',
      '',
    ]);
    const settings = vscode.workspace.getConfiguration('files');
    const given = { '*.unheard-of': 'python' };
    await settings.update('associations', given, vscode.ConfigurationTarget.Workspace);
    try {
      assert.equal(languages().at(-1), 'python');
    } finally {
      await settings.update('associations', undefined, vscode.ConfigurationTarget.Workspace);
    }
    const file = new FileLanguages().of(vscode.Uri.joinPath(folder.uri, 'src/deep/x.py'));
    assert.deepEqual(
      ['*.py', '**/deep/*', '*.ts', '**/shallow/*'].map((glob) => matchesGlob(glob, file)),
      [true, true, false, false],
    );
  });

  it('counts all files with one tokenizer, also when another is chosen meanwhile', async () => {
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(workspace);
    const { exports: api } = await extension();
    const changes = new vscode.EventEmitter<undefined>();
    let name: 'gpt2' | 'o200k_base' = 'gpt2';
    const asked: string[] = [];
    const silence = { dispose: () => undefined };
    const counter = new FolderCounter({
      engine: { onModel: () => silence },
      notices: { log: { warn: (line) => assert.fail(line) } },
      memory: { get: () => undefined, update: () => Promise.resolve() },
      tokenizers: {
        onChanged: changes.event,
        choiceFor: () => ({ source: { kind: 'encoding', name }, specialTokens: 'recognised' }),
        client: (choice: TokenizerChoice) => ({
          countTokens: ({ text }: { readonly text: string }): Promise<number> => {
            assert.ok(choice.source.kind === 'encoding');
            asked.push(choice.source.name);
            if (asked.length === 2) {
              name = 'o200k_base';
              changes.fire(undefined);
            }
            return Promise.resolve(api.count(text, { tokenizer: choice.source.name }));
          },
        }),
      },
    });
    const uris = ['code.ts', 'mukashi.txt', 'story.md'].map((file) =>
      vscode.Uri.joinPath(workspace.uri, file),
    );
    const { signal } = new AbortController();
    const { files } = await counter.countFiles(uris, workspace.uri, {
      signal,
      report: () => undefined,
    });
    assert.deepEqual(asked.slice(0, 3), ['gpt2', 'gpt2', 'o200k_base']);
    assert.deepEqual([...new Set(files.map(({ tokenizer }) => tokenizer))], ['o200k_base']);
    for (const { path, tokens } of files) {
      const text: string = readFileSync(join(workspace.uri.fsPath, path), 'utf8');
      assert.equal(tokens, await api.count(text, { tokenizer: 'o200k_base' }), path);
    }
    const stopped = AbortSignal.abort();
    await assert.rejects(
      counter.countFiles(uris, workspace.uri, { signal: stopped, report: () => undefined }),
      /cancelled/,
    );
    counter.dispose();
  });

  describe('of files that other programs write', () => {
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    const folder = join(workspace?.uri.fsPath ?? '', `counted-${process.pid}`);
    const signal = new AbortController().signal;
    let counted: CountedWorkspace;
    let watch: WorkspaceWatch;
    let isLookedAt = true;
    /** How often files were counted, by path. */
    const times = new Map<string, number>();

    const shown = (): Record<string, number> =>
      Object.fromEntries(
        counted.files
          .filter(({ path }) => path.startsWith('counted-'))
          .map(({ path, tokens }) => [path.replace(/^[^/]*\//, ''), tokens]),
      );
    const write = (name: string, content: string): void => {
      writeFileSync(join(folder, name), content);
    };
    const untilShown = async (names: readonly string[]): Promise<void> => {
      await until(
        () => Object.keys(shown()).sort().join(' '),
        (seen) => seen === names.join(' '),
      );
    };

    before(async () => {
      assert.ok(workspace);
      const { exports: api } = await extension();
      mkdirSync(folder, { recursive: true });
      write('first.txt', 'Once upon a time');
      counted = new CountedWorkspace({
        countFiles: async (uris, top) => {
          const files = [];
          for (const uri of uris) {
            const text = readFileSync(uri.fsPath, 'utf8');
            const path = top === undefined ? uri.path : pathBelow(top, uri);
            times.set(path, (times.get(path) ?? 0) + 1);
            const bytes = Buffer.byteLength(text);
            files.push({ path, tokens: await api.count(text), bytes, tokenizer: 'model' });
          }
          return { files, left: [] };
        },
      });
      watch = new WorkspaceWatch({
        concerns: (change) => counted.concerns(change),
        isLookedAt: () => isLookedAt,
        follow: async (changes: readonly FileChange[]) => {
          await counted.follow(changes, signal);
        },
      });
      watch.watch([workspace.uri]);
      await counted.count([workspace], { signal, report: () => undefined });
    });

    after(() => {
      watch.dispose();
      rmSync(folder, { recursive: true, force: true });
    });

    it('brings in what comes, takes out what goes, and counts nothing else again', async () => {
      await untilShown(['first.txt']);
      const before = [...times].filter(([path]) => ['code.ts', 'story.md'].includes(path));
      assert.equal(before.length, 2);
      write('second.txt', 'there was a little girl');
      await untilShown(['first.txt', 'second.txt']);
      assert.ok((shown()['second.txt'] ?? 0) > 0);
      renameSync(join(folder, 'second.txt'), join(folder, 'third.txt'));
      await untilShown(['first.txt', 'third.txt']);
      rmSync(join(folder, 'third.txt'));
      await untilShown(['first.txt']);
      write('third.txt', 'there was a little girl');
      await untilShown(['first.txt', 'third.txt']);
      for (const [path, count] of before) assert.equal(times.get(path), count, path);
    });

    it('takes in a folder that is moved here, and leaves out what git would ignore', async () => {
      const elsewhere = join(folder, '..', '.git-no', `moved-${process.pid}`);
      mkdirSync(elsewhere, { recursive: true });
      writeFileSync(join(elsewhere, 'inside.txt'), 'a little girl');
      write('.gitignore', '*.log\n');
      await untilShown(['.gitignore', 'first.txt', 'third.txt']);
      write('build.log', 'left out');
      renameSync(elsewhere, join(folder, 'moved'));
      rmSync(join(folder, '..', '.git-no'), { recursive: true });
      await untilShown(['.gitignore', 'first.txt', 'moved/inside.txt', 'third.txt']);
      write('.gitignore', 'moved\n');
      await untilShown(['.gitignore', 'build.log', 'first.txt', 'third.txt']);
    });

    it('counts a changed file when somebody looks again, and not before', async () => {
      const { 'first.txt': before } = shown();
      isLookedAt = false;
      const path = `counted-${process.pid}/first.txt`;
      const count = times.get(path);
      write('first.txt', 'Once upon a time there was a little girl');
      write('fourth.txt', 'and a dog');
      await until(
        () => watch.waiting,
        (waiting) => waiting >= 2,
      );
      assert.equal(times.get(path), count);
      isLookedAt = true;
      watch.wake();
      await untilShown(['.gitignore', 'build.log', 'first.txt', 'fourth.txt', 'third.txt']);
      assert.ok((shown()['first.txt'] ?? 0) > (before ?? NaN));
    });
  });
});

async function extension(): Promise<vscode.Extension<TokenscopeApi>> {
  const found = vscode.extensions.getExtension<TokenscopeApi>(extensionId);
  assert.ok(found);
  await found.activate();
  return found;
}
