/** Which language files are of that nobody has open: by their names, as VS Code would find when it opens them. */
import * as v from 'valibot';
import * as vscode from 'vscode';

const names = v.optional(v.array(v.string()), []);
const contributed = v.object({
  contributes: v.object({
    languages: v.array(v.object({ id: v.string(), extensions: names, filenames: names })),
  }),
});

/** As of when it is made: extensions and settings that change later are not heard of. */
export class FileLanguages {
  readonly #byFilename = new Map<string, string>();
  /** VS Code itself brings this one. */
  readonly #byExtension = new Map([['.txt', 'plaintext']]);
  readonly #open: ReadonlyMap<string, vscode.TextDocument>;

  constructor() {
    const { textDocuments } = vscode.workspace;
    this.#open = new Map(textDocuments.map((document) => [document.uri.toString(), document]));
    for (const { packageJSON } of vscode.extensions.all) {
      const parsed = v.safeParse(contributed, packageJSON);
      if (parsed.success) parsed.output.contributes.languages.forEach(this.#add);
    }
  }

  /** What a tokenizer is chosen by; `languageId` is empty where nobody knows it. */
  of(uri: vscode.Uri): Pick<vscode.TextDocument, 'uri' | 'languageId'> {
    const open = this.#open.get(uri.toString());
    if (open !== undefined) return open;
    const name = (uri.path.split('/').at(-1) ?? '').toLowerCase();
    const languageId = this.#associated(uri) ?? this.#byFilename.get(name) ?? this.#suffixed(name);
    return { uri, languageId: languageId ?? '' };
  }

  readonly #add = (language: {
    readonly id: string;
    readonly extensions: readonly string[];
    readonly filenames: readonly string[];
  }): void => {
    for (const extension of language.extensions) {
      this.#byExtension.set(extension.toLowerCase(), language.id);
    }
    for (const name of language.filenames) this.#byFilename.set(name.toLowerCase(), language.id);
  };

  #associated(uri: vscode.Uri): string | undefined {
    const settings = vscode.workspace.getConfiguration('files', uri).get<unknown>('associations');
    const parsed = v.safeParse(v.record(v.string(), v.string()), settings);
    const entries = parsed.success ? Object.entries(parsed.output) : [];
    return entries.find(([glob]) => matchesGlob(glob, { uri, languageId: '' }))?.[1];
  }

  /** The longest of a name's endings decides: `.d.ts` before `.ts`. */
  #suffixed(name: string): string | undefined {
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const language = this.#byExtension.get(name.slice(dot));
      if (language !== undefined) return language;
    }
    return undefined;
  }
}

/** Whether a glob of names or, with a slash, of paths holds for a file. */
export function matchesGlob(
  glob: string,
  file: Pick<vscode.TextDocument, 'uri' | 'languageId'>,
): boolean {
  const pattern = glob.includes('/') ? glob : `**/${glob}`;
  // VS Code asks a document for its place, its language and its notebook, and files without one have no notebook.
  return vscode.languages.match({ pattern }, file as vscode.TextDocument) > 0;
}
