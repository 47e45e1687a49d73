/** The files of a folder that are worth counting: neither excluded in the settings nor ignored by git. */
import * as vscode from 'vscode';
import { IgnoreRules } from './ignoreRules';
import type { IgnoreFile } from './ignoreRules';

/** More files than this are not counted at once. */
export const mostFiles = 50_000;

export interface FoundFiles {
  readonly uris: readonly vscode.Uri[];
  /** Whether there are more than are listed. */
  readonly cut: boolean;
  /** Of the workspace folder that the folder belongs to. */
  readonly rules: IgnoreRules;
}

/** `files.exclude` holds, and every .gitignore of the workspace folder that the folder belongs to. */
export async function filesOf(
  folder: vscode.Uri,
  cancellation: vscode.CancellationToken,
): Promise<FoundFiles> {
  const top = vscode.workspace.getWorkspaceFolder(folder)?.uri ?? folder;
  const rules = await ignoreRules(top, cancellation);
  const pattern = new vscode.RelativePattern(folder, '**/*');
  const found = await vscode.workspace.findFiles(pattern, undefined, mostFiles + 1, cancellation);
  const kept = found.filter((uri) => {
    const path = pathBelow(top, uri);
    return !path.split('/').includes('.git') && !rules.ignores(path);
  });
  return { uris: kept.slice(0, mostFiles), cut: found.length > mostFiles, rules };
}

/** As VS Code wants to hear of it. */
export async function cancelledBy<Value>(
  signal: AbortSignal,
  work: (cancellation: vscode.CancellationToken) => Promise<Value>,
): Promise<Value> {
  const source = new vscode.CancellationTokenSource();
  const cancel = (): void => {
    source.cancel();
  };
  signal.addEventListener('abort', cancel);
  try {
    return await work(source.token);
  } finally {
    signal.removeEventListener('abort', cancel);
    source.dispose();
  }
}

/** The path of a file below a folder, with `/` between names; its own whole path when it is not below it. */
export function pathBelow(folder: vscode.Uri, file: vscode.Uri): string {
  const start = folder.path.endsWith('/') ? folder.path : `${folder.path}/`;
  return file.path.startsWith(start) ? file.path.slice(start.length) : file.path.replace(/^\//, '');
}

async function ignoreRules(
  top: vscode.Uri,
  cancellation: vscode.CancellationToken,
): Promise<IgnoreRules> {
  const pattern = new vscode.RelativePattern(top, '**/.gitignore');
  const excluded = '**/node_modules/**';
  const uris = await vscode.workspace.findFiles(pattern, excluded, mostFiles, cancellation);
  const files = await Promise.all(uris.map((uri) => ignoreFile(top, uri)));
  return new IgnoreRules(files.filter((file) => file !== undefined));
}

async function ignoreFile(top: vscode.Uri, uri: vscode.Uri): Promise<IgnoreFile | undefined> {
  try {
    const bytes = await vscode.workspace.fs.readFile(uri);
    const folder = pathBelow(top, uri).split('/').slice(0, -1).join('/');
    return { folder, content: new TextDecoder().decode(bytes) };
  } catch {
    // It went away, or is closed to us: git could not read it either.
    return undefined;
  }
}
