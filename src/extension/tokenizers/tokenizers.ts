/**
 * Which tokenizer reads a document: the one chosen for this workspace, else the one that the settings name for files of
 * its kind, else the open model's own. Everything that shows or counts tokens asks here and listens for changes.
 */
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { EngineClient } from '../../protocol/engineApi';
import type { TokenizerChoice, TokenizerSource } from '../../protocol/tokenizers';
import { Emitter } from '../emitter';
import type { Settings } from '../settings';
import { settingsSection } from '../settings';
import { Vocabulary } from '../tokens/vocabulary';
import { matchesGlob } from './fileLanguages';
import { tokenizerClient, type TokenizerClient } from './tokenizerClient';
import { isSameSource, sourceOf, sourceSchema, tokenizerPath } from './tokenizerSources';

export interface TokenizersOptions {
  readonly engine: { readonly client: EngineClient };
  readonly settings: Settings;
  readonly memory: vscode.Memento;
}

/** What the settings go by: an open document, or what is known of a file that is not open. */
type FileKind = Pick<vscode.TextDocument, 'uri' | 'languageId'>;

const choiceKey = 'tokenizer';
const recentKey = 'recentTokenizers';
const mostRecent = 8;
/** A vocabulary of 200,000 entries takes some megabytes: those of two tokenizers that are compared are kept. */
const keptVocabularies = 2;

export class Tokenizers {
  readonly #options: TokenizersOptions;
  readonly #changes = new Emitter<undefined>();
  readonly #listening: vscode.Disposable;
  readonly #vocabularies = new Map<string, Promise<Vocabulary>>();

  /** Another tokenizer may hold for some document from now on. What the model's own is, `EngineService.onModel` tells. */
  readonly onChanged = this.#changes.event;

  constructor(options: TokenizersOptions) {
    this.#options = options;
    this.#listening = vscode.workspace.onDidChangeConfiguration((change) => {
      const names = ['tokenizers', 'specialTokens'];
      if (names.some((name) => change.affectsConfiguration(`${settingsSection}.${name}`))) {
        this.#changes.fire(undefined);
      }
    });
  }

  /** Asked anew whenever it is needed; documents of different kinds may have different ones. */
  choiceFor(document: FileKind | undefined): TokenizerChoice {
    const source = this.chosen ?? this.#mapped(document) ?? { kind: 'model' };
    return { source, specialTokens: this.#options.settings.get('specialTokens') };
  }

  /** What was chosen for this workspace; undefined when the settings hold. */
  get chosen(): TokenizerSource | undefined {
    return this.#readable(this.#options.memory.get<unknown>(choiceKey));
  }

  /** Undefined lets the settings hold again. */
  async choose(source: TokenizerSource | undefined): Promise<void> {
    const { memory } = this.#options;
    await memory.update(choiceKey, source);
    if (source !== undefined && tokenizerPath(source) !== undefined) await this.#remember(source);
    this.#changes.fire(undefined);
  }

  /** Tokenizers in files that were chosen before, the latest first. */
  get recent(): readonly TokenizerSource[] {
    const stored = v.safeParse(v.array(v.unknown()), this.#options.memory.get<unknown>(recentKey));
    const sources = stored.success ? stored.output.map((source) => this.#readable(source)) : [];
    return sources.filter((source) => source !== undefined);
  }

  async forget(source: TokenizerSource): Promise<void> {
    const others = this.recent.filter((known) => !isSameSource(known, source));
    await this.#options.memory.update(recentKey, others);
  }

  /** The engine's answers with one tokenizer. */
  client(choice: TokenizerChoice): TokenizerClient {
    return tokenizerClient(this.#options.engine.client, () => choice);
  }

  /** The engine's answers with the tokenizer that holds for a document when they are asked for. */
  clientFor(document: vscode.TextDocument): TokenizerClient {
    return tokenizerClient(this.#options.engine.client, () => this.choiceFor(document));
  }

  /** The vocabulary of a tokenizer that is not the model's own; that one is in `KnownFacts`. */
  vocabulary(choice: TokenizerChoice): Promise<Vocabulary> {
    const key = JSON.stringify(choice.source);
    const known = this.#vocabularies.get(key);
    if (known !== undefined) return known;
    const asked = this.client(choice).vocabulary({});
    const vocabulary = asked.then((table) => new Vocabulary(table));
    this.#vocabularies.set(key, vocabulary);
    vocabulary.catch(() => this.#vocabularies.delete(key));
    for (const oldest of [...this.#vocabularies.keys()].slice(0, -keptVocabularies)) {
      this.#vocabularies.delete(oldest);
    }
    return vocabulary;
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changes.dispose();
  }

  async #remember(source: TokenizerSource): Promise<void> {
    const others = this.recent.filter((known) => !isSameSource(known, source));
    const kept = [source, ...others].slice(0, mostRecent);
    await this.#options.memory.update(recentKey, kept);
  }

  /** What the settings name for a document: the first of their entries that matches it. */
  #mapped(document: FileKind | undefined): TokenizerSource | undefined {
    if (document === undefined) return undefined;
    const entries = Object.entries(this.#options.settings.get('tokenizers'));
    const [, written] = entries.find(([kind]) => matches(kind, document)) ?? [];
    return written === undefined ? undefined : sourceOf(written);
  }

  /** Files of a workspace that nobody trusts yet are not opened because of what it remembers. */
  #readable(stored: unknown): TokenizerSource | undefined {
    const parsed = v.safeParse(sourceSchema, stored);
    if (!parsed.success) return undefined;
    const isOurs = tokenizerPath(parsed.output) === undefined || vscode.workspace.isTrusted;
    return isOurs ? parsed.output : undefined;
  }
}

/** A language's id, or a glob of file names or paths. */
function matches(kind: string, document: FileKind): boolean {
  const isGlob = /[*?.{[/]/.test(kind);
  return isGlob ? matchesGlob(kind, document) : document.languageId === kind;
}
