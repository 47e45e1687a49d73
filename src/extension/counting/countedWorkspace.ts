/** The counts of the workspace's folders: made together, and of a file that was saved or deleted made anew. */
import type * as vscode from 'vscode';
import type { LongWork } from '../progress';
import { countTree, type CountedFile } from './countTree';
import type { CountEntry } from './countView';
import type { FolderCount, FolderCounter } from './folderCounter';
import { pathBelow } from './workspaceFiles';

interface CountedFolder extends FolderCount {
  readonly root: vscode.Uri;
  readonly name: string;
}

export class CountedWorkspace {
  readonly #counter: FolderCounter;
  #folders: readonly CountedFolder[] = [];

  constructor(counter: FolderCounter) {
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
    return this.#folders.reduce((sum, { left }) => sum + left, 0);
  }

  /** Whether there were more files than are counted at once. */
  get isCut(): boolean {
    return this.#folders.some(({ cut }) => cut);
  }

  async count(folders: readonly vscode.WorkspaceFolder[], work: LongWork): Promise<void> {
    const counted: CountedFolder[] = [];
    for (const [n, { uri: root, name }] of folders.entries()) {
      const report = (done: number, word?: string): void => {
        work.report((n + done) / folders.length, word);
      };
      const result = await this.#counter.count([root], root, { signal: work.signal, report });
      counted.push({ root, name, ...result });
    }
    this.#folders = counted;
  }

  /** Counts a file that is counted already once more; says whether it is one of them. */
  async recount(file: vscode.Uri, signal: AbortSignal): Promise<boolean> {
    const folder = this.#folderOf(file);
    if (folder === undefined) return false;
    const { files } = await this.#counter.count([file], folder.root, {
      signal,
      report: () => undefined,
    });
    this.#replace(file, files[0]);
    return true;
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

  #folderOf(file: vscode.Uri): CountedFolder | undefined {
    return this.#folders.find(({ root, files }) => {
      const path = pathBelow(root, file);
      return root.scheme === file.scheme && files.some((one) => one.path === path);
    });
  }

  /** By what it is now; undefined for a file that is no text any more. */
  #replace(file: vscode.Uri, counted: CountedFile | undefined): void {
    // It may have been counted anew as a whole meanwhile.
    const now = this.#folderOf(file);
    this.#folders = this.#folders.map((folder) => {
      if (folder !== now) return folder;
      const path = pathBelow(folder.root, file);
      const files = folder.files.flatMap((one) => {
        if (one.path !== path) return [one];
        return counted === undefined ? [] : [counted];
      });
      return { ...folder, files, left: folder.left + (counted === undefined ? 1 : 0) };
    });
  }
}
