/** The page of a webview: its script and styles, and the sentences of the person's language embedded as data. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { language } from '../l10n';

export interface Page {
  readonly webview: vscode.Webview;
  readonly extension: vscode.Uri;
  /** Name of the bundle: `dist/NAME.js` and `dist/NAME.css`. */
  readonly bundle: string;
  /** A module may import others of the bundle; the nonce holds for them too. */
  readonly script?: 'classic' | 'module';
  readonly title: string;
  /** Files of `media/l10n` that the page speaks from. */
  readonly sentences: readonly string[];
  /** What it may do beside what every page may, as rules of its content security policy. */
  readonly policy?: readonly string[];
}

/** What a webview may load: the extension's own bundle and codicons, nothing else. */
export function webviewOptions(extension: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extension, 'dist')] };
}

export async function pageHtml(page: Page): Promise<string> {
  const { webview, extension, bundle, title, script = 'classic' } = page;
  const nonce = randomBytes(16).toString('base64');
  const file = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', name)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'unsafe-inline'`,
    `font-src ${webview.cspSource}`,
    `img-src data: blob:`,
    ...(page.policy ?? []),
  ].join('; ');
  const sentences = await readSentences(page);
  return `<!DOCTYPE html>
<html lang="${language()}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${file(`${bundle}.css`)}">
<script type="application/json" id="l10n" nonce="${nonce}">${embedded(sentences)}</script>
<script ${script === 'module' ? 'type="module"' : 'defer'} nonce="${nonce}" src="${file(`${bundle}.js`)}"></script>
</head>
<body></body>
</html>`;
}

/** The page's sentences, of several files; read when it opens, so that activation need not. */
async function readSentences({ extension, sentences }: Page): Promise<Record<string, string>> {
  const parts = await Promise.all(
    sentences.map(async (name) => {
      const uri = vscode.Uri.joinPath(extension, 'media', 'l10n', `${name}.${language()}.json`);
      const bytes = await vscode.workspace.fs.readFile(uri);
      return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, string>;
    }),
  );
  return Object.assign({}, ...parts) as Record<string, string>;
}

/** JSON that cannot end the script element it stands in. */
function embedded(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
