/** The counts of the workspace's folders: made together, and kept up with files that change, come and go. */
import type * as vscode from 'vscode';
import type { LongWork } from '../progress';
import { countTree, type CountedFile } from './countTree';
import type { CountEntry } from './countView';
import type { FolderCount, FolderCounter } from './folderCounter';
import type { IgnoreRules } from './ignoreRules';
import { cancelledBy, filesOf, pathBelow } from './workspaceFiles';

/** What happened: the content of a file changed, or there may be others, by name or by what is ignored. */
export interface FileChange {
  readonly uri: vscode.Uri;
  readonly kind: 'content' | 'list';
}

interface CountedFolder extends FolderCount {
  readonly root: vscode.Uri;
  readonly name: string;
  readonly rules: IgnoreRules;
}

export class CountedWorkspace {
  readonly #counter: Pick<FolderCounter, 'countFiles'>;
  #folders: readonly CountedFolder[] = [];

  constructor(counter: Pick<FolderCounter, 'countFiles'>) {
    this.#counter = counter;
  }

  /** With paths below the workspace's folders, behind their names where there are several. */
  get files(): readonly CountedFile[] {
    if (this.#folders.length === 1) return this.#folders[0]?.files ?? [];
    return this.#folders.flatMap(({ name, files }) =>
      files.map((file) => ({ ...file, path: `${name}/${file.path}` })),
    );
  }

  get trees(): readonly CountEntry[] {
    return this.#folders.map(({ root, name, files }) => ({
      root,
      node: { ...countTree(files), name },
    }));
  }

  /** Files that were left out. */
  get left(): number {
    return this.#folders.reduce((sum, { left }) => sum + left.length, 0);
  }

  /** Whether there were more files than are counted at once. */
  get isCut(): boolean {
    return this.#folders.some(({ cut }) => cut);
  }

  async count(folders: readonly vscode.WorkspaceFolder[], work: LongWork): Promise<void> {
    const counted: CountedFolder[] = [];
    for (const [n, { uri: root, name }] of folders.entries()) {
      const { uris, cut, rules } = await listOf(root, work.signal);
      const report = (done: number, word?: string): void => {
        work.report((n + done) / folders.length, word);
      };
      const result = await this.#counter.countFiles(uris, root, { signal: work.signal, report });
      counted.push({ root, name, rules, cut, ...result });
    }
    this.#folders = counted;
  }

  /** Whether a change may be one of the counts: it is not of what git ignores, nor of git's own. */
  concerns({ uri }: FileChange): boolean {
    const folder = this.#folderOf(uri);
    // Its folder may be being counted for the first time.
    if (folder === undefined) return true;
    const path = pathBelow(folder.root, uri);
    const names = path.split('/');
    return (
      !names.includes('.git') && (names.at(-1) === '.gitignore' || !folder.rules.ignores(path))
    );
  }

  /** Counts anew what changed, and what came; says whether anything is other than before. */
  async follow(changes: readonly FileChange[], signal: AbortSignal): Promise<boolean> {
    let isOther = false;
    for (const { root } of this.#folders) {
      const here = changes.filter((change) => this.#folderOf(change.uri)?.root === root);
      if (here.length > 0 && (await this.#followIn(root, here, signal))) isOther = true;
    }
    return isOther;
  }

  /** Forgets files that are gone, and what lay below folders that are; says whether there were any. */
  forget(gone: readonly vscode.Uri[]): boolean {
    const before = this.files.length;
    this.#folders = this.#folders.map((folder) => {
      const paths = gone.map((uri) => pathBelow(folder.root, uri));
      const isGone = (path: string): boolean =>
        paths.some((one) => path === one || path.startsWith(`${one}/`));
      return { ...folder, files: folder.files.filter(({ path }) => !isGone(path)) };
    });
    return this.files.length !== before;
  }

  async #followIn(
    root: vscode.Uri,
    changes: readonly FileChange[],
    signal: AbortSignal,
  ): Promise<boolean> {
    for (;;) {
      const folder = this.#folders.find((one) => one.root === root);
      if (folder === undefined) return false;
      const next = await this.#caughtUp(folder, changes, signal);
      // All may have been counted anew meanwhile, or files forgotten.
      if (!this.#folders.includes(folder)) continue;
      this.#folders = this.#folders.map((one) => (one === folder ? next : one));
      return isOtherCount(folder, next);
    }
  }

  async #caughtUp(
    folder: CountedFolder,
    changes: readonly FileChange[],
    signal: AbortSignal,
  ): Promise<CountedFolder> {
    const { root } = folder;
    const pathOf = (uri: vscode.Uri): string => pathBelow(root, uri);
    const isOtherList = changes.some(({ kind }) => kind === 'list');
    const found = isOtherList ? await listOf(root, signal) : undefined;
    const listed = found && new Set(found.uris.map(pathOf));
    const isThere = (path: string): boolean => listed?.has(path) ?? true;
    const files = folder.files.filter(({ path }) => isThere(path));
    const left = folder.left.filter(isThere);
    const known = new Set([...files.map(({ path }) => path), ...left]);
    const changed = changes.map(({ uri }) => uri).filter((uri) => known.has(pathOf(uri)));
    const fresh = found?.uris.filter((uri) => !known.has(pathOf(uri))) ?? [];
    const work = { signal, report: () => undefined };
    const counted = await this.#counter.countFiles([...fresh, ...changed], root, work);
    const again = new Set([...counted.files.map(({ path }) => path), ...counted.left]);
    return {
      ...folder,
      files: [...files.filter(({ path }) => !again.has(path)), ...counted.files],
      left: [...left.filter((path) => !again.has(path)), ...counted.left],
      cut: found?.cut ?? folder.cut,
      rules: found?.rules ?? folder.rules,
    };
  }

  #folderOf(file: vscode.Uri): CountedFolder | undefined {
    return this.#folders.find(
      ({ root }) =>
        root.scheme === file.scheme &&
        root.authority === file.authority &&
        file.path.startsWith(root.path.endsWith('/') ? root.path : `${root.path}/`),
    );
  }
}

function listOf(root: vscode.Uri, signal: AbortSignal): ReturnType<typeof filesOf> {
  return cancelledBy(signal, (token) => filesOf(root, token));
}

function isOtherCount(before: FolderCount, after: FolderCount): boolean {
  if (before.files.length !== after.files.length || before.left.length !== after.left.length) {
    return true;
  }
  const tokens = new Map(before.files.map((file) => [file.path, file]));
  return after.files.some((file) => {
    const known = tokens.get(file.path);
    return known?.tokens !== file.tokens || known.bytes !== file.bytes;
  });
}
