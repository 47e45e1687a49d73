import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { bundlePairs, placeholders, readBundle } from './bundles';
import { textsIn } from './sources';

const japanese = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;

describe('Translations', () => {
  for (const { name, en, ja } of bundlePairs()) {
    describe(name, () => {
      it('has the same keys in both languages', () => {
        assert.deepEqual(Object.keys(ja).sort(), Object.keys(en).sort());
      });

      it('has the same placeholders in both languages', () => {
        const different = Object.keys(en).filter(
          (key) => placeholders(en[key] ?? '').join() !== placeholders(ja[key] ?? '').join(),
        );
        assert.deepEqual(different, []);
      });

      it('has no empty message', () => {
        const messages = [...Object.entries(en), ...Object.entries(ja)];
        assert.deepEqual(
          messages.filter(([, message]) => message.trim() === ''),
          [],
        );
      });

      it('has no Japanese in the English messages', () => {
        assert.deepEqual(
          Object.entries(en).filter(([, message]) => japanese.test(message)),
          [],
        );
      });

      it('translates every message that has a sentence in it', () => {
        const untranslated = Object.entries(ja).filter(
          ([key, message]) =>
            // The title of a paper stays as it is.
            !key.endsWith('.source') && / [a-z]+ [a-z]+ /.test(message) && !japanese.test(message),
        );
        assert.deepEqual(untranslated, []);
      });
    });
  }

  it('are used by the sources, every key of them', () => {
    const texts = textsIn(['src', 'webview']).map(({ pieces }) => pieces);
    const whole = new Set(texts.filter((pieces) => pieces.length === 1).map(([text]) => text));
    const patterns = texts.filter((pieces) => pieces.length > 1 && keyLike(pieces)).map(patternOf);
    const unused = bundlePairs()
      .filter(({ name }) => name !== 'package.nls')
      .flatMap(({ en }) => Object.keys(en))
      .filter((key) => !whole.has(key) && !patterns.some((pattern) => pattern.test(key)));
    assert.deepEqual(unused, []);
  });

  it('of the manifest are used by it, and all that it uses are there', () => {
    const manifest = readFileSync('package.json', 'utf8');
    const used = [...manifest.matchAll(/"%([^%"]+)%"/g)].map((match) => match[1]);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(readBundle('package.nls.json')).sort());
  });
});

/** A template that can be a dotted key: its pieces are words and dots, and the first says which family. */
function keyLike(pieces: readonly string[]): boolean {
  return /^[a-z][\w]*\./i.test(pieces[0] ?? '') && pieces.every((piece) => /^[\w.-]*$/.test(piece));
}

function patternOf(pieces: readonly string[]): RegExp {
  return new RegExp(`^${pieces.map((piece) => piece.replaceAll('.', '\\.')).join('[\\w.-]+')}$`);
}
