/**
 * Files of the counted folders that come, change and go, whoever does it. What happens is gathered for a moment, and for as
 * long as nobody looks at the counts.
 */
import * as vscode from 'vscode';
import type { FileChange } from './countedWorkspace';

/** Changes that come within this of the first are followed together. */
const gatherMs = 400;

export interface WatchOptions {
  readonly concerns: (change: FileChange) => boolean;
  readonly isLookedAt: () => boolean;
  /** Not called again before it has settled. */
  readonly follow: (changes: readonly FileChange[]) => Promise<void>;
}

export class WorkspaceWatch {
  readonly #options: WatchOptions;
  readonly #watchers = new Map<string, vscode.Disposable>();
  /** By place and kind. */
  readonly #gathered = new Map<string, FileChange>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #following = false;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Changes that are not followed yet. */
  get waiting(): number {
    return this.#gathered.size;
  }

  /** Watches these folders and no others. */
  watch(roots: readonly vscode.Uri[]): void {
    const wanted = new Set(roots.map(String));
    for (const [root, watcher] of this.#watchers) {
      if (wanted.has(root)) continue;
      watcher.dispose();
      this.#watchers.delete(root);
    }
    for (const root of roots) {
      const key = root.toString();
      if (!this.#watchers.has(key)) this.#watchers.set(key, this.#watcherOf(root));
    }
  }

  /** Somebody looks at the counts now. */
  wake(): void {
    if (this.#gathered.size > 0) this.#timer ??= setTimeout(() => void this.#flush(), 0);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.watch([]);
    this.#gathered.clear();
  }

  #watcherOf(root: vscode.Uri): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(root, '**/*'),
    );
    const gather = (kind: FileChange['kind']) => (uri: vscode.Uri) => {
      this.#gather({ uri, kind });
    };
    watcher.onDidCreate(gather('list'));
    watcher.onDidDelete(gather('list'));
    watcher.onDidChange((uri) => {
      const isRules = uri.path.endsWith('/.gitignore');
      this.#gather({ uri, kind: 'content' });
      if (isRules) this.#gather({ uri, kind: 'list' });
    });
    return watcher;
  }

  #gather(change: FileChange): void {
    if (!this.#options.concerns(change)) return;
    this.#gathered.set(`${change.kind} ${change.uri.toString()}`, change);
    // A file that another program writes all the time is followed all the same.
    this.#timer ??= setTimeout(() => void this.#flush(), gatherMs);
  }

  async #flush(): Promise<void> {
    this.#timer = undefined;
    if (this.#following || this.#gathered.size === 0 || !this.#options.isLookedAt()) return;
    const changes = [...this.#gathered.values()];
    this.#gathered.clear();
    this.#following = true;
    try {
      await this.#options.follow(changes);
    } finally {
      this.#following = false;
      this.wake();
    }
  }
}
