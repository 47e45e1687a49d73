/** Which files of a folder git would ignore: the .gitignore files of the folder and of those inside it, by git's rules. */
import ignore, { type Ignore } from 'ignore';

/** A .gitignore: the folder it lies in, relative with `/` between names and '' for the top, and what it says. */
export interface IgnoreFile {
  readonly folder: string;
  readonly content: string;
}

export class IgnoreRules {
  readonly #rules: ReadonlyMap<string, Ignore>;

  constructor(files: readonly IgnoreFile[]) {
    const rules = files.map(({ folder, content }) => [folder, ignore().add(content)] as const);
    this.#rules = new Map(rules);
  }

  /** `path` is relative to the top, with `/` between names. */
  ignores(path: string): boolean {
    const names = path.split('/');
    // What lies in an ignored folder is ignored, whatever is said of it.
    return names.some((_, depth) => {
      const isFile = depth === names.length - 1;
      return this.#decides(names.slice(0, depth + 1), isFile ? '' : '/');
    });
  }

  /** The deepest .gitignore that has a rule for it decides. */
  #decides(names: readonly string[], ending: '' | '/'): boolean {
    let ignored = false;
    for (let depth = 0; depth < names.length; depth++) {
      const rules = this.#rules.get(names.slice(0, depth).join('/'));
      const verdict = rules?.test(names.slice(depth).join('/') + ending);
      if (verdict?.ignored === true) ignored = true;
      if (verdict?.unignored === true) ignored = false;
    }
    return ignored;
  }
}
