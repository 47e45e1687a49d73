/** What the lab asks the person for: files to read and places to write to. */
import * as vscode from 'vscode';
import { t } from '../l10n';

export async function askForTexts(): Promise<readonly string[] | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectMany: true,
    title: t('lab.chooseTexts'),
    openLabel: t('lab.learnFrom'),
  });
  return localPaths(chosen);
}

export async function askForRun(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    title: t('lab.chooseRun'),
    openLabel: t('lab.openRun'),
  });
  return localPaths(chosen)?.[0];
}

export async function askForTokenizer(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: t('lab.chooseTokenizer'),
    filters: { 'tokenizer.json': ['json'] },
  });
  return localPaths(chosen)?.[0];
}

/** A file that is there: an experiment to open. */
export async function askForExperiment(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    filters: { [t('lab.experimentFiles')]: ['experiment.json', 'json'] },
  });
  return localPaths(chosen)?.[0];
}

/** A place to write to, with a name to start from in the folder that is open. */
export async function askWhereTo(name: string, title: string): Promise<string | undefined> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const isLocal = folder?.uri.scheme === 'file';
  const chosen = await vscode.window.showSaveDialog({
    title,
    ...(isLocal ? { defaultUri: vscode.Uri.joinPath(folder.uri, name) } : {}),
  });
  return chosen?.scheme === 'file' ? chosen.fsPath : undefined;
}

/** The lab's worker reads the local disk alone. */
function localPaths(chosen: readonly vscode.Uri[] | undefined): readonly string[] | undefined {
  const paths = chosen?.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
  return paths === undefined || paths.length === 0 ? undefined : paths;
}
