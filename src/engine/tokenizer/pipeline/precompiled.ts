import { AlignedBuilder, type Aligned } from './aligned';
import type { CharsMap } from './charsMap';

/**
 * SentencePiece's normalisation by its compiled table, as the Rust package does it: what a person takes for one character
 * is replaced as a whole when it has fewer than six bytes and a key fits, else code point by code point. Source:
 * huggingface/tokenizers, src/normalizers/precompiled.rs.
 */
export function precompiled(map: CharsMap): (source: Aligned) => Aligned {
  const plain = Array.from({ length: 128 }, (_, code) => {
    return map.replacement(String.fromCharCode(code));
  });
  return (source) => {
    const built = new AlignedBuilder(source);
    let at = 0;
    const replace = (start: number, end: number, text: string): void => {
      built.keep(at, start);
      built.replace(start, end, text);
      at = end;
    };
    const { text } = source;
    for (let index = 0; index < text.length;) {
      const { start, end } = togetherFrom(text, index);
      for (; index < start; index++) {
        const becomes = plain[text.charCodeAt(index)];
        if (becomes !== undefined) replace(index, index + 1, becomes);
      }
      for (const { segment } of graphemes.segment(text.slice(start, end))) {
        const base = index;
        replaceGrapheme(map, segment, (from, to, becomes) => {
          replace(base + from, base + to, becomes);
        });
        index += segment.length;
      }
    }
    built.keep(at, text.length);
    return built.finish();
  };
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * The next stretch whose characters may go together: printable ASCII stands alone but beside others, which may belong to
 * the one before them, or to the one behind them. Empty at the end of a text that has none.
 */
function togetherFrom(
  text: string,
  from: number,
): { readonly start: number; readonly end: number } {
  let at = from;
  while (at < text.length && isPlain(text, at)) at++;
  const start = at === text.length ? at : Math.max(from, at - 1);
  while (at < text.length && !(isPlain(text, at) && isPlain(text, at + 1))) at++;
  return { start, end: Math.min(text.length, at + 1) };
}

/** Printable ASCII, or the end. */
function isPlain(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return Number.isNaN(code) || (code >= 0x20 && code < 0x7f);
}

function replaceGrapheme(
  map: CharsMap,
  grapheme: string,
  replace: (start: number, end: number, becomes: string) => void,
): void {
  if (bytesIn(grapheme) < 6) {
    const becomes = map.replacement(grapheme);
    if (becomes !== undefined) {
      replace(0, grapheme.length, becomes);
      return;
    }
  }
  let at = 0;
  for (const character of grapheme) {
    const becomes = map.replacement(character);
    if (becomes !== undefined) replace(at, at + character.length, becomes);
    at += character.length;
  }
}

function bytesIn(text: string): number {
  return new TextEncoder().encode(text).length;
}
