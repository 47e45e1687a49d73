import { bytesOfEntry } from '../byteAlphabet';
import type { ModelDescription } from './modelFile';

/** How entries of a vocabulary read in a text: bytes of GPT-2's alphabet, spaces of SentencePiece, marks of parts of words. */
export function entryBytes(tokenizer: {
  readonly model: ModelDescription;
  readonly normalizer: unknown;
  readonly splitter: unknown;
}): (entry: string) => Uint8Array {
  const { model, normalizer, splitter } = tokenizer;
  const encoder = new TextEncoder();
  const hasStep = (type: string, step: unknown): boolean =>
    JSON.stringify(step ?? null).includes(`"type":"${type}"`);
  if (hasStep('ByteLevel', splitter)) {
    return (entry) => bytesOfEntry(entry) ?? encoder.encode(entry);
  }
  const spaced = hasStep('Metaspace', splitter) || JSON.stringify(normalizer ?? null).includes('▁');
  const bytes = 'byte_fallback' in model && model.byte_fallback;
  const prefix = 'continuing_subword_prefix' in model ? model.continuing_subword_prefix : '';
  const suffix = 'end_of_word_suffix' in model ? model.end_of_word_suffix : '';
  return (entry) => {
    const byte = bytes ? /^<0x([0-9A-F]{2})>$/.exec(entry)?.[1] : undefined;
    if (byte !== undefined) return Uint8Array.of(parseInt(byte, 16));
    const start = prefix !== '' && entry.startsWith(prefix) ? prefix.length : 0;
    const end = suffix !== '' && entry.endsWith(suffix) ? -suffix.length : undefined;
    const text = entry.slice(start, end);
    return encoder.encode(spaced ? text.replaceAll('▁', ' ') : text);
  };
}
