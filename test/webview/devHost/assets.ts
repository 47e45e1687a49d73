/** The files of the dev page, bundled anew for each page so that a reload shows the code as it is now. */
import { readFile } from 'node:fs/promises';
import * as esbuild from 'esbuild';

export type Language = 'en' | 'ja';

interface FormulaModule {
  formulasPlugin(): esbuild.Plugin;
}

let kept: { inspector?: ReturnType<typeof bundleInspector>; page?: Promise<string> } | undefined;

/** Tests open many pages and change no code: from now on each file is bundled once. */
export function bundleOnce(): void {
  kept = {};
}

/** The product's own bundle of webview/main.ts: one script, one style sheet. */
export function inspectorBundle(): Promise<{ script: string; style: string }> {
  if (kept === undefined) return bundleInspector();
  return (kept.inspector ??= bundleInspector());
}

export function pageScript(): Promise<string> {
  if (kept === undefined) return bundlePage();
  return (kept.page ??= bundlePage());
}

async function bundleInspector(): Promise<{ script: string; style: string }> {
  const formulas = (await import(
    new URL('media/build/formulas.mjs', root()).href
  )) as FormulaModule;
  const { outputFiles } = await esbuild.build({
    entryPoints: ['webview/main.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    outdir: 'dist',
    loader: { '.ttf': 'dataurl' },
    plugins: [formulas.formulasPlugin()],
  });
  const text = (ending: string): string =>
    outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return { script: text('.js'), style: text('.css') };
}

async function bundlePage(): Promise<string> {
  const { outputFiles } = await esbuild.build({
    entryPoints: ['test/webview/devHost/page.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  });
  return outputFiles[0]?.text ?? '';
}

/** The page as the host writes it, with the messages of the language inside and no inline style allowed. */
export async function page(language: Language): Promise<string> {
  const bundle = await messages(language);
  const policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self' data:; connect-src 'self'; img-src 'self' data:";
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tokenscope</title>
<link rel="stylesheet" href="/themes.css">
<link rel="stylesheet" href="/inspector.css">
</head>
<body>
<script type="application/json" id="l10n">${JSON.stringify(bundle).replaceAll('<', '\\u003c')}</script>
<script src="/page.js"></script>
<script src="/inspector.js"></script>
</body>
</html>`;
}

export function themes(): Promise<string> {
  return readFile('test/webview/devHost/themes.css', 'utf8');
}

async function messages(language: Language): Promise<Record<string, string>> {
  const names = [
    'compare',
    'deriving',
    'origins',
    'inspector',
    'attention',
    'lessons',
    'parts',
    'merges',
    'sharing',
    'verify',
    'times',
    'views',
    'failures',
  ];
  const parts = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(`media/l10n/${name}.${language}.json`, 'utf8');
      return JSON.parse(text) as Record<string, string>;
    }),
  );
  return Object.assign({}, ...parts) as Record<string, string>;
}

/** The repository, where the server is started. */
function root(): string {
  return `file://${process.cwd()}/`;
}
