/** Counted files as a tree of folders with sums, largest first, and as tables for other programs. */
import type { FileCount } from './fileCounts';

/** A counted file; `path` is relative, with `/` between names. */
export interface CountedFile extends FileCount {
  readonly path: string;
  /** The name of the tokenizer that it was counted with. */
  readonly tokenizer: string;
}

export interface CountNode extends FileCount {
  readonly name: string;
  readonly path: string;
  /** Undefined for a file. */
  readonly children: readonly CountNode[] | undefined;
  /** How many files it stands for. */
  readonly files: number;
}

/** The top of the tree; its name and path are empty. */
export function countTree(files: readonly CountedFile[]): CountNode {
  return folderNode(
    '',
    '',
    files.map((file) => ({ file, names: file.path.split('/') })),
  );
}

interface Placed {
  readonly file: CountedFile;
  /** Names below the folder that it is placed in. */
  readonly names: readonly string[];
}

function folderNode(name: string, path: string, placed: readonly Placed[]): CountNode {
  const groups = new Map<string, Placed[]>();
  for (const one of placed) {
    const [first = ''] = one.names;
    const group = groups.get(first);
    if (group === undefined) groups.set(first, [one]);
    else group.push(one);
  }
  const children = [...groups].map(([child, members]) => {
    const childPath = path === '' ? child : `${path}/${child}`;
    const [only] = members;
    if (only !== undefined && only.names.length === 1) return fileNode(child, childPath, only.file);
    const below = members.map(({ file, names }) => ({ file, names: names.slice(1) }));
    return folderNode(child, childPath, below);
  });
  children.sort((a, b) => b.tokens - a.tokens || (a.name < b.name ? -1 : 1));
  return {
    name,
    path,
    children,
    tokens: sum(children, 'tokens'),
    bytes: sum(children, 'bytes'),
    files: sum(children, 'files'),
  };
}

function fileNode(name: string, path: string, { tokens, bytes }: FileCount): CountNode {
  return { name, path, children: undefined, tokens, bytes, files: 1 };
}

function sum(nodes: readonly CountNode[], column: 'tokens' | 'bytes' | 'files'): number {
  return nodes.reduce((total, node) => total + node[column], 0);
}

/** RFC 4180, with a line of names; largest first. */
export function asCsv(files: readonly CountedFile[]): string {
  const rows = sorted(files).map(({ path, tokens, bytes }) => [quoted(path), tokens, bytes]);
  return [['path', 'tokens', 'bytes'], ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/** The names of all tokenizers that the files were counted with. */
export function tokenizersOf(files: readonly CountedFile[]): string {
  return [...new Set(files.map(({ tokenizer }) => tokenizer))].join(', ');
}

export function asJson(files: readonly CountedFile[]): string {
  const tokenizer = tokenizersOf(files);
  const tokens = files.reduce((total, file) => total + file.tokens, 0);
  return `${JSON.stringify({ tokenizer, tokens, files: sorted(files) }, undefined, 2)}\n`;
}

function sorted(files: readonly CountedFile[]): CountedFile[] {
  return files.toSorted((a, b) => b.tokens - a.tokens || (a.path < b.path ? -1 : 1));
}

/** Spreadsheets take a cell that begins with one of these for a formula. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
