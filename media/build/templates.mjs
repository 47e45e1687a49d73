// Takes the indentation out of templates: in a minified bundle only they have lines that begin with spaces.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes the bundles itself. HTML reads any white space as one space, so that the line break alone says the same. */
export function templatesPlugin() {
  return {
    name: 'tokenscope-templates',
    setup(build) {
      if (!build.initialOptions.minify) return;
      build.initialOptions.write = false;
      build.onEnd(({ outputFiles = [] }) => {
        for (const { path, contents, text } of outputFiles) {
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, path.endsWith('.js') ? text.replaceAll(/\n[ \t]+/g, '\n') : contents);
        }
      });
    },
  };
}
