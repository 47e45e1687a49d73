/** Ids as text, and chains of ids whose characters were torn. */
import assert from 'node:assert/strict';
import { signal } from '@preact/signals-core';
import type { TemplateResult } from 'lit';
import { chain } from '../../webview/chain';
import { Labels } from '../../webview/labels';
import { Vocabulary } from '../../webview/vocabulary';

/** A vocabulary of the given pieces, in order of their ids. */
function vocabularyOf(pieces: readonly (string | readonly number[])[]): Vocabulary {
  const parts = pieces.map((piece) =>
    typeof piece === 'string' ? [...new TextEncoder().encode(piece)] : [...piece],
  );
  const offsets = [0];
  for (const part of parts) offsets.push((offsets.at(-1) ?? 0) + part.length);
  return new Vocabulary({
    bytes: Uint8Array.from(parts.flat()),
    offsets: Uint32Array.from(offsets),
    special: [0],
  });
}

// 爺 is E7 88 BA; ids 2 and 3 are its parts.
const vocabulary = vocabularyOf(['<|end|>', ' the', [0xe7, 0x88], [0xba], '\u200b', '\ufeff', []]);

describe('The text of an id', () => {
  it('is its bytes as characters where they are whole and can be seen', () => {
    assert.equal(vocabulary.text(1), ' the');
  });

  it('is unknown for parts of characters, for what cannot be seen and for ids without bytes', () => {
    for (const id of [2, 3, 4, 5, 6, 99]) assert.equal(vocabulary.text(id), undefined, String(id));
  });

  it('stands beside its bytes in hex', () => {
    assert.equal(vocabulary.hex(2), 'E7 88');
  });
});

describe('A chain of generated ids', () => {
  const labels = new Labels(signal(undefined), signal(vocabulary));
  const shown = (ids: readonly number[]) => chain(labels, ids).map(textOf);

  it('shows a character that was torn whole, once for each part', () => {
    assert.deepEqual(shown([1, 2, 3]), ['·the', '爺1⁄2', '爺2⁄2']);
  });

  it('shows a character that is not complete yet as bytes', () => {
    assert.deepEqual(shown([1, 2]), ['·the', 'E7 88']);
  });

  it('has one chip for each id, whatever the order of the bytes', () => {
    for (const ids of [[3, 3, 3, 3, 3], [2, 1], [2, 2, 3], [3], [6, 1], []])
      assert.equal(shown(ids).length, ids.length, ids.join());
  });
});

/** The text a template puts on screen, without markup and without its attributes. */
function textOf({ strings, values }: TemplateResult): string {
  const parts = strings.map((markup, i) => markup + marker(values[i], markup));
  return parts
    .join('')
    .replace(/<[^>]*>/g, '')
    .trim();
}

function marker(value: unknown, before: string): string {
  // A value inside a tag is an attribute.
  if (value === undefined || before.lastIndexOf('<') > before.lastIndexOf('>')) return '';
  if (Array.isArray(value)) return value.map((each) => marker(each, '')).join('');
  return typeof value === 'object'
    ? textOf(value as TemplateResult)
    : `${value as string | number}`;
}
