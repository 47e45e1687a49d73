/** The tree view of branches and live beams, and what can be done with them. */
import * as vscode from 'vscode';
import { t } from '../l10n';
import type { Notices } from '../notices';
import { fixed } from '../tokens/numbers';
import { searchBeams } from './beams';
import { branchesOf, flattened, statisticsOf } from './branches';
import type { Branch } from './branches';
import type { EditorGeneration } from './editorGeneration';
import type { GenerationSession } from './generationSession';
import type { SessionTexts } from './sessionTexts';
import type { TreeNode } from './tokenTree';

export const branchViewId = 'tokenscope.branches';

type Entry =
  | { readonly kind: 'branch'; readonly branch: Branch }
  | { readonly kind: 'beam'; readonly leaf: TreeNode }
  | { readonly kind: 'beams'; readonly beams: readonly TreeNode[]; readonly step: number };

const beamWidth = 4;
const beamSteps = 12;
const longestLabel = 60;
/** In the view, which is narrow, the figures stand behind them. */
const branchLabel = 10;
const beamLabel = 14;

export class BranchView implements vscode.TreeDataProvider<Entry> {
  readonly #generation: EditorGeneration;
  readonly #notices: Notices;
  readonly #texts: SessionTexts;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #owned: readonly { dispose(): void }[];
  readonly #view: vscode.TreeView<Entry>;
  #beams: Extract<Entry, { kind: 'beams' }> | undefined;
  #search = new AbortController();
  /** What tells the items apart: texts alone may be alike. */
  readonly #numbers = new WeakMap<TreeNode, number>();
  #lastNumber = 0;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(
    generation: EditorGeneration,
    { notices, texts }: { readonly notices: Notices; readonly texts: SessionTexts },
  ) {
    this.#generation = generation;
    this.#notices = notices;
    this.#texts = texts;
    this.#view = vscode.window.createTreeView(branchViewId, { treeDataProvider: this });
    this.#owned = [
      this.#view,
      generation.onChange(() => {
        if (generation.session === undefined) this.#beams = undefined;
        this.#changed.fire(undefined);
      }),
      this.#changed,
    ];
  }

  getChildren(entry?: Entry): Entry[] {
    if (entry?.kind === 'branch') return entry.branch.forks.map(entryOf);
    if (entry?.kind === 'beams') return entry.beams.map((leaf) => ({ kind: 'beam', leaf }));
    if (entry !== undefined) return [];
    const first = this.#first();
    const branches = first === undefined ? [] : [entryOf(first)];
    return this.#beams === undefined ? branches : [...branches, this.#beams];
  }

  getTreeItem(entry: Entry): vscode.TreeItem {
    const { Expanded, None } = vscode.TreeItemCollapsibleState;
    if (entry.kind === 'beams') {
      const item = new vscode.TreeItem(t('branches.beams', { step: entry.step }), Expanded);
      item.iconPath = new vscode.ThemeIcon('list-tree');
      return item;
    }
    const leaf = leafOf(entry);
    const isOpen = entry.kind === 'branch' && entry.branch.forks.length > 0;
    const item = new vscode.TreeItem(labelOf(entry), isOpen ? Expanded : None);
    const icons = {
      beam: 'arrow-small-right',
      branch: this.#here() === leaf ? 'check' : 'git-branch',
    };
    // An item that VS Code knew without branches would stay closed when it gets some: with them it is another one.
    item.id = `${entry.kind} ${String(this.#numberOf(leaf))} ${isOpen ? 'open' : ''}`;
    item.contextValue = entry.kind;
    item.description = t('branches.figures', figuresOf(leaf));
    item.iconPath = new vscode.ThemeIcon(icons[entry.kind]);
    item.tooltip = `${describe(leaf)}\n${leaf.text}`;
    item.command = { command: 'tokenscope.switchBranch', title: '', arguments: [entry] };
    return item;
  }

  /** Makes the document show a branch; what it shows now stays a branch. */
  async switchTo(given: unknown): Promise<void> {
    const { session } = this.#generation;
    const leaf = await this.#leaf(given, t('branches.switch'));
    if (session === undefined || leaf === undefined) return;
    await session.goTo(leaf);
  }

  /** Shows a branch beside the one in the text. */
  async compare(given: unknown): Promise<void> {
    const { session } = this.#generation;
    const other = await this.#leaf(given, t('branches.compare'));
    const { cursor } = session ?? {};
    if (session === undefined || other === undefined || cursor === undefined) return;
    const here = this.#here() ?? cursor;
    const { context } = session.text.segment;
    await this.#texts.compare(
      { name: nameOf(here), text: context + here.text },
      { name: nameOf(other), text: context + other.text },
    );
  }

  /** The branch that is given, or the `selected` one of the view, or one that is chosen from a list. */
  async rename(given: unknown): Promise<void> {
    const entry = given === 'selected' ? this.#view.selection[0] : given;
    const leaf = await this.#leaf(entry, t('branches.rename'));
    if (leaf === undefined) return;
    const name = await vscode.window.showInputBox({
      title: t('branches.rename'),
      value: leaf.name ?? '',
    });
    if (name === undefined) return;
    leaf.name = name === '' ? undefined : name;
    this.#changed.fire(undefined);
  }

  /** All branches as a Markdown document. */
  async exportAll(): Promise<void> {
    const { session } = this.#generation;
    if (session === undefined) return;
    const { context } = session.text.segment;
    const parts = this.#branches().map(({ leaf }) => {
      const text = `${context}${leaf.text}`;
      const fence = '`'.repeat(
        Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)),
      );
      return `## ${nameOf(leaf)}\n\n${describe(leaf)}\n\n${fence}\n${text}\n${fence}\n`;
    });
    const content = parts.join('\n');
    const document = await vscode.workspace.openTextDocument({ content, language: 'markdown' });
    await vscode.window.showTextDocument(document, vscode.ViewColumn.Beside);
  }

  /** Searches with beams from where the text stands and shows them live. */
  async showBeams(): Promise<void> {
    const { session } = this.#generation;
    const tree = session?.text.segment.tree;
    if (session === undefined || tree === undefined) return;
    await session.pause();
    this.#search.abort();
    this.#search = new AbortController();
    const { signal } = this.#search;
    await vscode.commands.executeCommand(`${branchViewId}.focus`);
    const from = tree.cursor;
    const { stop } = session.settings();
    await searchBeams(
      {
        tree,
        from,
        width: beamWidth,
        steps: beamSteps,
        stop,
        onStep: (beams, step) => {
          this.#showBeams(session, beams, step);
        },
      },
      signal,
    );
  }

  dispose(): void {
    this.#search.abort();
    for (const owned of this.#owned) owned.dispose();
  }

  #showBeams(session: GenerationSession, beams: readonly TreeNode[], step: number): void {
    if (this.#generation.session !== session) {
      this.#search.abort();
      return;
    }
    this.#beams = { kind: 'beams', beams, step };
    this.#notices.log.debug(`beams, step ${String(step)}: ${beams.map(describe).join('; ')}`);
    this.#changed.fire(undefined);
  }

  #first(): Branch | undefined {
    const tree = this.#generation.session?.text.segment.tree;
    return tree === undefined ? undefined : branchesOf(tree.root);
  }

  #numberOf(leaf: TreeNode): number {
    const number = this.#numbers.get(leaf) ?? ++this.#lastNumber;
    this.#numbers.set(leaf, number);
    return number;
  }

  /** The end of the branch that the text stands in. */
  #here(): TreeNode | undefined {
    const { cursor } = this.#generation.session ?? {};
    if (cursor === undefined) return undefined;
    return this.#branches().find(({ leaf }) => leaf.path.includes(cursor))?.leaf;
  }

  #branches(): Branch[] {
    return flattened(this.#first());
  }

  /** The branch of the entry that was clicked, or one that is chosen from a list. */
  async #leaf(given: unknown, title: string): Promise<TreeNode | undefined> {
    if (isEntry(given)) return given.kind === 'beams' ? undefined : leafOf(given);
    const items = this.#branches().map(({ leaf }) => ({
      label: nameOf(leaf),
      description: describe(leaf),
      leaf,
    }));
    return (await vscode.window.showQuickPick(items, { title }))?.leaf;
  }
}

function entryOf(branch: Branch): Entry {
  return { kind: 'branch', branch };
}

/** Entries come back from VS Code as they were handed to it. */
function isEntry(given: unknown): given is Entry {
  return typeof given === 'object' && given !== null && 'kind' in given;
}

function leafOf(entry: Exclude<Entry, { kind: 'beams' }>): TreeNode {
  return entry.kind === 'branch' ? entry.branch.leaf : entry.leaf;
}

/** A branch by what it adds to the one it forks off from; a beam by how it ends, since beams begin alike. */
function labelOf(entry: Exclude<Entry, { kind: 'beams' }>): string {
  const leaf = leafOf(entry);
  if (leaf.name !== undefined) return leaf.name;
  if (entry.kind === 'branch') {
    return shortened(leaf.text.slice(entry.branch.fork.text.length), branchLabel);
  }
  const line = oneLine(leaf.text);
  return line.length > beamLabel ? `…${line.slice(-beamLabel)}` : line;
}

function nameOf(leaf: TreeNode): string {
  return leaf.name ?? shortened(leaf.text);
}

function describe(leaf: TreeNode): string {
  return t('branches.statistics', figuresOf(leaf));
}

function figuresOf(leaf: TreeNode): Record<string, string | number> {
  const { tokens, logProbability, perplexity } = statisticsOf(leaf);
  return {
    tokens,
    logProbability: fixed(logProbability, 2),
    perplexity: fixed(perplexity, 2),
  };
}

function shortened(text: string, most = longestLabel): string {
  const line = oneLine(text);
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

function oneLine(text: string): string {
  return text.replaceAll(/\r?\n/g, '↵');
}
