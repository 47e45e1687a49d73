/** What is staged for the next commit, through the API of VS Code's own git extension. */
import * as vscode from 'vscode';

/** The part of the git extension's API, version 1, that is used. Source: extensions/git/src/api/git.d.ts. */
export interface GitRepository {
  readonly rootUri: vscode.Uri;
  readonly state: { readonly indexChanges: readonly { readonly uri: vscode.Uri }[] };
  status(): Promise<void>;
  /** Of the index against the last commit when `cached`. */
  diff(cached?: boolean): Promise<string>;
}

export interface GitApi {
  readonly repositories: readonly GitRepository[];
  openRepository(root: vscode.Uri): Promise<GitRepository | null>;
}

interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): GitApi;
}

/** Undefined where git is switched off or not there. */
export async function gitApi(): Promise<GitApi | undefined> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  const git = await extension?.activate();
  return git?.enabled === true ? git.getAPI(1) : undefined;
}

export interface StagedChanges {
  readonly files: number;
  /** What `git diff --cached` tells; empty when nothing is staged. */
  readonly diff: string;
}

export async function stagedChanges(repository: GitRepository): Promise<StagedChanges> {
  await repository.status();
  const files = repository.state.indexChanges.length;
  return { files, diff: files === 0 ? '' : await repository.diff(true) };
}

/** The repository of a file, else the only one, else the one that the person picks. */
export async function chooseRepository(
  git: GitApi,
  near: vscode.Uri | undefined,
): Promise<GitRepository | undefined> {
  const { repositories } = git;
  const holding = repositories.filter(({ rootUri }) => near?.path.startsWith(`${rootUri.path}/`));
  const [deepest] = holding.toSorted((a, b) => b.rootUri.path.length - a.rootUri.path.length);
  if (deepest !== undefined) return deepest;
  if (repositories.length <= 1) return repositories[0];
  const items = repositories.map((repository) => ({ label: repository.rootUri.path, repository }));
  return (await vscode.window.showQuickPick(items))?.repository;
}
