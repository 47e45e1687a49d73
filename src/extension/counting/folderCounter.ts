/** Counts files and folders with the tokenizer that holds for each file; binary files are left out. */
import * as vscode from 'vscode';
import type { EngineService } from '../engine/engineService';
import { fail, failureOf } from '../../protocol/failures';
import type { TokenizerChoice } from '../../protocol/tokenizers';
import type { Notices } from '../notices';
import type { LongWork } from '../progress';
import { FileLanguages } from '../tokenizers/fileLanguages';
import type { TokenizerClient } from '../tokenizers/tokenizerClient';
import type { Tokenizers } from '../tokenizers/tokenizers';
import { tokenizerName } from '../tokenizers/tokenizerSources';
import type { CountedFile } from './countTree';
import { FileCounts } from './fileCounts';
import { cancelledBy, filesOf, pathBelow } from './workspaceFiles';

export interface FolderCounterOptions {
  readonly engine: Pick<EngineService, 'onModel'>;
  readonly tokenizers: Pick<Tokenizers, 'choiceFor' | 'onChanged'> & {
    client(choice: TokenizerChoice): Pick<TokenizerClient, 'countTokens'>;
  };
  readonly notices: { readonly log: Pick<Notices['log'], 'warn'> };
  readonly memory: Pick<vscode.Memento, 'update'> & { get(key: string): unknown };
}

export interface FolderCount {
  readonly files: readonly CountedFile[];
  /** Paths of files that are no text, or could not be read. */
  readonly left: readonly string[];
  /** Whether there were more files than are counted at once. */
  readonly cut: boolean;
}

const memoryKey = 'fileCounts';
/** Files counted between two times that the counts are remembered. */
const filesPerSave = 500;

export class FolderCounter {
  readonly #options: FolderCounterOptions;
  readonly #counts = new FileCounts();
  readonly #listening: readonly { dispose(): void }[];
  #restored = false;
  #model = 0;
  /** Counts of a while ago were made with another tokenizer when this has changed since. */
  #changes = 0;

  constructor(options: FolderCounterOptions) {
    this.#options = options;
    // A model's own tokenizer has no name that lasts: counts made with it hold while the same model is open.
    this.#listening = [
      options.engine.onModel(() => {
        this.#model++;
      }),
      options.tokenizers.onChanged(() => {
        this.#changes++;
      }),
    ];
  }

  dispose(): void {
    for (const listening of this.#listening) listening.dispose();
  }

  /** Files as they are, and of folders all files worth counting; paths are those below the workspace. */
  async count(uris: readonly vscode.Uri[], work: LongWork): Promise<FolderCount> {
    const { found, cut } = await cancelledBy(work.signal, (token) => expanded(uris, token));
    return { ...(await this.countFiles(found, undefined, work)), cut };
  }

  /** All with the same choice of tokenizers: once more when another is chosen meanwhile. Paths are below `top`. */
  async countFiles(
    uris: readonly vscode.Uri[],
    top: vscode.Uri | undefined,
    work: LongWork,
  ): Promise<Omit<FolderCount, 'cut'>> {
    this.#restore();
    for (;;) {
      const changes = this.#changes;
      const isSame = (): boolean => this.#changes === changes;
      const counted = await this.#countOnce({ uris, top, isSame }, work);
      if (isSame()) return counted;
    }
  }

  async #countOnce(
    { uris, top, isSame }: FilesToCount,
    work: LongWork,
  ): Promise<Omit<FolderCount, 'cut'>> {
    const languages = new FileLanguages();
    const files: CountedFile[] = [];
    const left: string[] = [];
    for (const [n, uri] of uris.entries()) {
      if (!isSame()) break;
      // Files that are known already ask nobody who would say so.
      if (work.signal.aborted) throw fail('cancelled', {});
      const path = top === undefined ? vscode.workspace.asRelativePath(uri) : pathBelow(top, uri);
      const choice = this.#options.tokenizers.choiceFor(languages.of(uri));
      const counted = await this.#countFile(
        { uri, path, choice },
        {
          signal: work.signal,
          report: (share) => {
            work.report((n + share) / uris.length, path);
          },
        },
      );
      if (counted === undefined) left.push(path);
      else files.push(counted);
      work.report((n + 1) / uris.length, path);
      if (n % filesPerSave === filesPerSave - 1) await this.#remember();
    }
    await this.#remember();
    return { files, left };
  }

  async #countFile(
    {
      uri,
      path,
      choice,
    }: {
      readonly uri: vscode.Uri;
      readonly path: string;
      readonly choice: TokenizerChoice;
    },
    work: { readonly signal: AbortSignal; readonly report: (share: number) => void },
  ): Promise<CountedFile | undefined> {
    const { countTokens } = this.#options.tokenizers.client(choice);
    const file = { path: uri.toString(), tokenizer: this.#nameOf(choice) };
    const parts = {
      read: () => Promise.resolve(vscode.workspace.fs.readFile(uri)),
      count: (text: string, { signal, onProgress }: CountWork) =>
        countTokens({ text }, { signal, ...(onProgress === undefined ? {} : { onProgress }) }),
    };
    try {
      const count = await this.#counts.count(file, parts, {
        signal: work.signal,
        onProgress: ({ done, total }) => {
          work.report(done / total);
        },
      });
      const tokenizer = tokenizerName(choice.source);
      return count === undefined ? undefined : { path, ...count, tokenizer };
    } catch (error) {
      if (error instanceof vscode.FileSystemError) return undefined;
      if (failureOf(error).code !== 'unexpected') throw error;
      this.#options.notices.log.warn(`${path}: ${String(error)}`);
      return undefined;
    }
  }

  #nameOf(choice: TokenizerChoice): string {
    const { source, specialTokens } = choice;
    const isFixed = source.kind === 'encoding';
    return `${isFixed ? source.name : `session ${String(this.#model)} ${JSON.stringify(source)}`} ${specialTokens}`;
  }

  #restore(): void {
    if (this.#restored) return;
    this.#restored = true;
    this.#counts.restore(this.#options.memory.get(memoryKey));
  }

  async #remember(): Promise<void> {
    const lasting = Object.entries(this.#counts.store()).filter(([key]) => !/ session /.test(key));
    await this.#options.memory.update(memoryKey, Object.fromEntries(lasting));
  }
}

interface FilesToCount {
  readonly uris: readonly vscode.Uri[];
  readonly top: vscode.Uri | undefined;
  /** Whether the tokenizers are still those that the count began with. */
  readonly isSame: () => boolean;
}

interface CountWork {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

async function expanded(
  uris: readonly vscode.Uri[],
  cancellation: vscode.CancellationToken,
): Promise<{ found: vscode.Uri[]; cut: boolean }> {
  const found = new Map<string, vscode.Uri>();
  let cut = false;
  for (const uri of uris) {
    const { type } = await vscode.workspace.fs.stat(uri);
    const isFolder = (type & vscode.FileType.Directory) !== 0;
    const files = isFolder ? await filesOf(uri, cancellation) : { uris: [uri], cut: false };
    for (const file of files.uris) found.set(file.toString(), file);
    cut ||= files.cut;
  }
  return { found: [...found.values()], cut };
}
