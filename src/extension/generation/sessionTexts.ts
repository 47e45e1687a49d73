/** Texts of sessions that are only looked at, two beside each other in VS Code's diff editor. */
import * as vscode from 'vscode';
import { t } from '../l10n';

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

const scheme = 'tokenscope-text';

export class SessionTexts implements vscode.TextDocumentContentProvider {
  readonly #registered = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  /** By address; a comparison lives as long as the window. */
  readonly #texts = new Map<string, string>();
  #comparisons = 0;

  async compare(left: NamedText, right: NamedText): Promise<void> {
    this.#comparisons++;
    const before = this.#keep(left, 'before');
    const after = this.#keep(right, 'after');
    const title = t('branches.compared', { left: left.name, right: right.name });
    await vscode.commands.executeCommand('vscode.diff', before, after, title);
  }

  /** One text as it is, beside the active editor. */
  async show({ name, text }: NamedText): Promise<vscode.TextEditor> {
    this.#comparisons++;
    const path = `/${String(this.#comparisons)}/${name.replaceAll(/[/\\?#]/g, '-')}.txt`;
    const uri = vscode.Uri.from({ scheme, path });
    this.#texts.set(uri.toString(), text);
    const document = await vscode.workspace.openTextDocument(uri);
    return vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      preview: true,
    });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    this.#registered.dispose();
  }

  #keep({ text }: NamedText, side: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme, path: `/${String(this.#comparisons)}/${side}.txt` });
    this.#texts.set(uri.toString(), text);
    return uri;
  }
}
