/** The list of tokenizers, each with its count for the text at hand; the counts come in while the list is open. */
import * as vscode from 'vscode';
import { encodingNames } from '../../protocol/encodings';
import { fail, failureOf } from '../../protocol/failures';
import type { TokenizerChoice, TokenizerSource } from '../../protocol/tokenizers';
import { editorAtHand, lengthOf } from '../editor/editorText';
import { failureSentence, language, t } from '../l10n';
import { withProgress } from '../progress';
import { settingsSection } from '../settings';
import { charactersIn } from '../tokens/characters';
import { fixed, grouped } from '../tokens/numbers';
import type { Tokenizers } from './tokenizers';
import {
  builtInSources,
  fileSource,
  isSameSource,
  sourceOf,
  tokenizerName,
  tokenizerPath,
} from './tokenizerSources';

/** Longer files are not counted with every tokenizer; a selection of any length is. */
const longestFile = 2_000_000;

/** What the list leads to: a tokenizer, the settings, or files to look for. */
type Answer =
  | { readonly kind: 'source'; readonly source: TokenizerSource }
  | { readonly kind: 'settings' }
  | { readonly kind: 'openFile' }
  | { readonly kind: 'openFolder' };

interface Item extends vscode.QuickPickItem {
  readonly answer?: Answer;
}

/** Asks for a tokenizer and makes it the one in use. One that is given, by name, path or file, is used without asking. */
export async function chooseTokenizer(tokenizers: Tokenizers, given?: unknown): Promise<void> {
  const answer = givenAnswer(given) ?? (await ask(tokenizers));
  if (answer === undefined) return;
  const source =
    answer.kind === 'source'
      ? answer.source
      : answer.kind === 'settings'
        ? undefined
        : await askForFiles(answer.kind);
  if (source === undefined && answer.kind !== 'settings') return;
  // What cannot be opened is told of and not chosen.
  if (source !== undefined && tokenizerPath(source) !== undefined) {
    const { specialTokens } = tokenizers.choiceFor(undefined);
    const client = tokenizers.client({ source, specialTokens });
    await withProgress(t('tokenizer.opening'), ({ signal }) =>
      client.tokenizerInfo({}, { signal }),
    );
  }
  await tokenizers.choose(source);
}

function givenAnswer(given: unknown): Answer | undefined {
  const written = given instanceof vscode.Uri ? given.fsPath : given;
  if (typeof written !== 'string') return undefined;
  const source = sourceOf(written);
  if (source !== undefined) return { kind: 'source', source };
  const allowed = ['model', ...encodingNames, '"/…"'].join(', ');
  throw fail('setting-invalid', { name: 'tokenizer', value: JSON.stringify(written), allowed });
}

function ask(tokenizers: Tokenizers): Promise<Answer | undefined> {
  const list = new TokenizerList(tokenizers);
  return list.show();
}

async function askForFiles(kind: 'openFile' | 'openFolder'): Promise<TokenizerSource | undefined> {
  const isFile = kind === 'openFile';
  const [found] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: isFile,
      canSelectFolders: !isFile,
      canSelectMany: false,
      title: t(isFile ? 'tokenizer.openFile' : 'tokenizer.openFolder'),
      openLabel: t('tokenizer.pick'),
      ...(isFile ? { filters: { [t('tokenizer.files')]: ['json'] } } : {}),
    })) ?? [];
  if (found === undefined) return undefined;
  return isFile ? fileSource(found.fsPath) : { kind: 'folder', folder: found.fsPath };
}

class TokenizerList {
  readonly #tokenizers: Tokenizers;
  readonly #pick = vscode.window.createQuickPick<Item>();
  readonly #closed = new AbortController();
  readonly #subject = subjectAtHand();
  /** What is told beside each name, by the name; counting where it is not known yet. */
  readonly #counts = new Map<string, string>();
  #counting = new AbortController();

  constructor(tokenizers: Tokenizers) {
    this.#tokenizers = tokenizers;
  }

  show(): Promise<Answer | undefined> {
    const pick = this.#pick;
    pick.title = this.#title();
    pick.placeholder = t('tokenizer.placeholder');
    pick.matchOnDescription = true;
    pick.keepScrollPosition = true;
    this.#refresh();
    const active = pick.items.find(({ answer }) => this.#isCurrent(answer));
    if (active !== undefined) pick.activeItems = [active];
    void this.#count();
    return new Promise((resolve) => {
      pick.onDidTriggerButton(() => void this.#turnMarks());
      pick.onDidTriggerItemButton(({ item }) => void this.#forget(item));
      pick.onDidAccept(() => {
        resolve(pick.selectedItems[0]?.answer);
        pick.hide();
      });
      pick.onDidHide(() => {
        this.#closed.abort();
        this.#counting.abort();
        pick.dispose();
        resolve(undefined);
      });
      pick.show();
    });
  }

  get #choice(): TokenizerChoice {
    return this.#tokenizers.choiceFor(this.#subject?.document);
  }

  #title(): string {
    if (this.#subject?.texts === undefined) return t('tokenizer.title');
    const characters = grouped(this.#subject.characters, language());
    return this.#subject.isSelection
      ? t('tokenizer.titleWithSelection', { characters })
      : t('tokenizer.titleWithFile', { characters });
  }

  #refresh(): void {
    const pick = this.#pick;
    const [active] = pick.activeItems;
    pick.items = this.#items();
    const again = pick.items.find(({ label }) => label === active?.label);
    if (again !== undefined) pick.activeItems = [again];
    const areText = this.#choice.specialTokens === 'as-text';
    pick.buttons = [
      {
        iconPath: new vscode.ThemeIcon(areText ? 'symbol-string' : 'symbol-key'),
        tooltip: t(areText ? 'tokenizer.marksAsText' : 'tokenizer.marksRecognised'),
      },
    ];
  }

  #items(): Item[] {
    const { recent } = this.#tokenizers;
    const heading = (label: string): Item => ({
      label,
      kind: vscode.QuickPickItemKind.Separator,
    });
    return [
      heading(t('tokenizer.builtIn')),
      ...builtInSources.map((source) => this.#item(source)),
      ...(recent.length === 0 ? [] : [heading(t('tokenizer.recent'))]),
      ...recent.map((source) => ({
        ...this.#item(source),
        buttons: [{ iconPath: new vscode.ThemeIcon('close'), tooltip: t('tokenizer.forget') }],
      })),
      heading(t('tokenizer.more')),
      {
        label: t('tokenizer.settings'),
        ...(this.#tokenizers.chosen === undefined ? { description: t('tokenizer.current') } : {}),
        answer: { kind: 'settings' },
      },
      { label: t('tokenizer.openFile'), answer: { kind: 'openFile' } },
      { label: t('tokenizer.openFolder'), answer: { kind: 'openFolder' } },
    ];
  }

  #item(source: TokenizerSource): Item {
    const answer: Answer = { kind: 'source', source };
    const path = tokenizerPath(source);
    const label = tokenizerName(source);
    const isUsed = isSameSource(source, this.#choice.source);
    const count = this.#counts.get(keyOf(source));
    const told = [count, isUsed ? t('tokenizer.current') : undefined, path];
    return { label, description: told.filter((part) => part !== undefined).join(' · '), answer };
  }

  #isCurrent(answer: Answer | undefined): boolean {
    return answer?.kind === 'source' && isSameSource(answer.source, this.#choice.source);
  }

  /** One tokenizer after another, the one in use first; each is opened by the engine when its turn comes. */
  async #count(): Promise<void> {
    this.#counting.abort();
    this.#counting = new AbortController();
    const { signal } = this.#counting;
    const subject = this.#subject;
    if (subject === undefined) return;
    if (subject.texts === undefined) {
      this.#pick.placeholder = t('tokenizer.tooLong');
      return;
    }
    const { source: current, specialTokens } = this.#choice;
    const sources = [...builtInSources, ...this.#tokenizers.recent];
    const isCurrent = (source: TokenizerSource): boolean => isSameSource(source, current);
    const inOrder = [
      ...sources.filter(isCurrent),
      ...sources.filter((source) => !isCurrent(source)),
    ];
    for (const source of inOrder) this.#counts.set(keyOf(source), t('tokenizer.counting'));
    this.#refresh();
    for (const source of inOrder) {
      const told = await this.#told({ source, specialTokens }, subject.texts, signal);
      if (signal.aborted) return;
      this.#counts.set(keyOf(source), told);
      this.#refresh();
    }
  }

  async #told(
    choice: TokenizerChoice,
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<string> {
    try {
      const client = this.#tokenizers.client(choice);
      let tokens = 0;
      for (const text of texts) tokens += await client.countTokens({ text }, { signal });
      return countSentence(tokens, this.#subject?.characters ?? 0);
    } catch (error) {
      return failureSentence(failureOf(error));
    }
  }

  /** Special tokens the other way, for this workspace when there is one. */
  async #turnMarks(): Promise<void> {
    const wanted = this.#choice.specialTokens === 'as-text' ? 'recognised' : 'as-text';
    const target =
      vscode.workspace.workspaceFolders === undefined
        ? vscode.ConfigurationTarget.Global
        : vscode.ConfigurationTarget.Workspace;
    await vscode.workspace
      .getConfiguration(settingsSection)
      .update('specialTokens', wanted, target);
    if (this.#closed.signal.aborted) return;
    this.#refresh();
    void this.#count();
  }

  async #forget({ answer }: Item): Promise<void> {
    if (answer?.kind !== 'source') return;
    await this.#tokenizers.forget(answer.source);
    this.#refresh();
  }
}

/** What is counted: the selections, or the file unless it is very long. */
interface Subject {
  readonly document: vscode.TextDocument;
  readonly isSelection: boolean;
  readonly texts: readonly string[] | undefined;
  readonly characters: number;
}

function subjectAtHand(): Subject | undefined {
  const editor = editorAtHand();
  if (editor === undefined) return undefined;
  const { document } = editor;
  const selected = editor.selections.filter((selection) => !selection.isEmpty);
  const isSelection = selected.length > 0;
  if (!isSelection && lengthOf(document) > longestFile) {
    return { document, isSelection, texts: undefined, characters: 0 };
  }
  const texts = isSelection
    ? selected.map((selection) => document.getText(selection))
    : [document.getText()];
  const characters = texts.reduce((sum, text) => sum + charactersIn(text), 0);
  return { document, isSelection, texts, characters };
}

function countSentence(tokens: number, characters: number): string {
  if (tokens === 0) return t('tokenizer.countOfNone');
  if (tokens === 1) return t('tokenizer.countOfOne');
  return t('tokenizer.count', {
    tokens: grouped(tokens, language()),
    ratio: fixed(characters / tokens, 2),
  });
}

function keyOf(source: TokenizerSource): string {
  return JSON.stringify(source);
}
