import assert from 'node:assert/strict';
import { textsIn, type SourceText } from './sources';

const japanese = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;
/** Two letters in a row: what people would read as a word. */
const word = /[A-Za-z]{2,}/;
/** Names of units and quantities, which are the same in every language. */
const symbols = /^(ms|max|pre|post|FF)$/;

describe('Text that people read', () => {
  it('is written in Japanese in the translations and the catalogue of activations alone', () => {
    const found = textsIn(['src', 'webview']).filter(
      ({ pieces, place }) =>
        pieces.some((piece) => japanese.test(piece)) && !place.includes('protocol/activations.ts'),
    );
    assert.deepEqual(found.map(describeText), []);
  });

  it('does not stand in the templates of the panel', () => {
    const templates = textsIn(['webview']).filter(({ takenBy }) => takenBy === 'html');
    assert.ok(templates.length > 20, `only ${templates.length} templates were found`);
    const found = templates.flatMap((template) =>
      [...bareText(template), ...spokenAttributes(template)]
        .filter((text) => word.test(text) && !symbols.test(text.trim()))
        .map((text) => `${template.place} ${text.trim()}`),
    );
    assert.deepEqual(found, []);
  });

  it('is not handed to VS Code as a literal', () => {
    const takers =
      /^(show(Information|Warning|Error)Message|setStatusBarMessage|createOutputChannel|title|placeHolder|prompt|tooltip|detail|description|accessibilityInformation|appendMarkdown|openLabel)$/;
    const found = textsIn(['src/extension']).filter(
      ({ pieces, takenBy }) =>
        takenBy !== undefined && takers.test(takenBy) && pieces.some((piece) => sentence(piece)),
    );
    assert.deepEqual(found.map(describeText), []);
  });
});

/** What stands between the tags of a template; a piece may begin or end in the middle of a tag. */
function bareText({ pieces }: SourceText): string[] {
  const joined = pieces.join('\u0000').replaceAll(/<!--.*?-->/gs, '');
  return joined
    .replaceAll(/<(style|math|code|kbd|pre)[\s>].*?<\/\1>/gs, '')
    .replaceAll(/<[^>]*>/gs, '\u0001')
    .split(/[\u0000\u0001]/)
    .map((text) => text.replaceAll(/&[a-z]+;/g, ''));
}

function spokenAttributes({ pieces }: SourceText): string[] {
  const attribute = /\s(?:title|aria-label|placeholder|alt)="([^"]+)"/g;
  return [...pieces.join('').matchAll(attribute)].map((match) => match[1] ?? '');
}

function sentence(piece: string): boolean {
  return /[A-Za-z]{2,} [a-z]{2,}/.test(piece);
}

function describeText({ place, pieces }: SourceText): string {
  return `${place} ${pieces.join('…')}`;
}
