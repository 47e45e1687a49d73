/** The view "Tokens in Files": folders and files of the workspace, largest first. */
import * as vscode from 'vscode';
import { language, t } from '../l10n';
import { byteSize, grouped, percent } from '../tokens/numbers';
import type { CountNode } from './countTree';
import { limitState } from './tokenLimit';

/** A node below one of the counted folders. */
export interface CountEntry {
  readonly root: vscode.Uri;
  readonly node: CountNode;
}

export class CountView implements vscode.TreeDataProvider<CountEntry> {
  readonly #limit: () => number;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<CountEntry>;
  #roots: readonly CountEntry[] = [];

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(limit: () => number) {
    this.#limit = limit;
    this.#view = vscode.window.createTreeView('tokenscope.files', { treeDataProvider: this });
    this.refresh();
  }

  get isVisible(): boolean {
    return this.#view.visible;
  }

  /** Calls back whenever it comes to be seen. */
  onVisible(listener: () => void): vscode.Disposable {
    return this.#view.onDidChangeVisibility(({ visible }) => {
      if (visible) listener();
    });
  }

  get total(): number {
    return this.#roots.reduce((sum, { node }) => sum + node.tokens, 0);
  }

  /** `message` is told the sum of all. */
  show(roots: readonly CountEntry[], message: (total: number) => string): void {
    this.#roots = roots;
    this.#view.message = message(this.total);
    this.#view.description = roots.length === 0 ? '' : grouped(this.total, language());
    this.refresh();
    void vscode.commands.executeCommand('setContext', 'tokenscope.filesCounted', roots.length > 0);
  }

  /** In the language that holds now, against the limit that holds now. */
  refresh(): void {
    this.#view.title = t('counting.viewTitle');
    this.#changed.fire(undefined);
  }

  getChildren(entry?: CountEntry): CountEntry[] {
    if (entry !== undefined) {
      return (entry.node.children ?? []).map((node) => ({ root: entry.root, node }));
    }
    const [only, ...others] = this.#roots;
    return only !== undefined && others.length === 0 ? this.getChildren(only) : [...this.#roots];
  }

  getTreeItem({ root, node }: CountEntry): vscode.TreeItem {
    const { Collapsed, None } = vscode.TreeItemCollapsibleState;
    const isFile = node.children === undefined;
    const uri = node.path === '' ? root : vscode.Uri.joinPath(root, node.path);
    const item = new vscode.TreeItem(uri, isFile ? None : Collapsed);
    const tokens = grouped(node.tokens, language());
    const share = percent(this.total === 0 ? 0 : node.tokens / this.total);
    const over = isFile && limitState(node.tokens, this.#limit()) === 'over';
    item.description = `${over ? '⚠ ' : ''}${tokens} · ${share}`;
    const values = {
      name: node.path === '' ? node.name || root.path : node.path,
      tokens,
      share,
      files: grouped(node.files, language()),
      size: byteSize(node.bytes),
    };
    const said = t(isFile ? 'counting.file' : 'counting.folder', values);
    item.tooltip = over ? `${said} ${t('counting.overLimit')}` : said;
    item.accessibilityInformation = { label: item.tooltip };
    if (isFile) item.command = { command: 'vscode.open', title: '', arguments: [uri] };
    return item;
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
  }
}
