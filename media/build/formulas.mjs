// Formulas are written in LaTeX in media/formulas.json and become MathML when the panel is built, so that the panel
// carries no typesetter and screen readers read them aloud. Roles have a colour each: \q{…} \k{…} \v{…} \a{…} \m{…} \r{…}.
import { readFile } from 'node:fs/promises';
import temml from 'temml';

const source = 'media/formulas.json';
const macros = Object.fromEntries(
  ['q', 'k', 'v', 'a', 'm', 'r'].map((role) => [`\\${role}`, `\\class{${role}}{#1}`]),
);

/** An esbuild plugin: `import { formulas } from 'tokenscope:formulas'` is a record of MathML by name. */
export function formulasPlugin() {
  return {
    name: 'formulas',
    setup(build) {
      build.onResolve({ filter: /^tokenscope:formulas$/ }, ({ path }) => ({
        path,
        namespace: 'formulas',
      }));
      build.onLoad({ filter: /.*/, namespace: 'formulas' }, async () => ({
        contents: `export const formulas = ${JSON.stringify(await buildFormulas())};`,
        loader: 'js',
        watchFiles: [new URL(`../../${source}`, import.meta.url).pathname],
      }));
    },
  };
}

/** Every formula as MathML; terms without a relation are set inline. */
export async function buildFormulas() {
  const latex = JSON.parse(await readFile(new URL(`../../${source}`, import.meta.url), 'utf8'));
  return Object.fromEntries(Object.entries(latex).map(([name, text]) => [name, render(text)]));
}

function render(text) {
  const mathml = temml.renderToString(text, {
    displayMode: text.includes('=') || text.includes('\\leftarrow'),
    macros: { ...macros },
    throwOnError: true,
    trust: true,
  });
  // The panel's policy allows no style attributes; webview/style/side.css does what they did.
  return mathml.replaceAll(/ style="[^"]*"/g, '');
}
