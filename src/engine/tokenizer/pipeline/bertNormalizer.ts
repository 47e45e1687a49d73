import { lowerCase, replaceMatches, type Aligned } from './aligned';
import { bertMark, control } from './olderUnicode';
import { normaliseForm } from './unicodeForms';

/** Options as tokenizer.json names them; accents go with upper case unless it says otherwise. */
export interface BertOptions {
  readonly clean_text: boolean;
  readonly handle_chinese_chars: boolean;
  readonly strip_accents?: boolean | null | undefined;
  readonly lowercase: boolean;
}

/** BERT's basic cleaning (Devlin et al. 2019). Source: huggingface/tokenizers, src/normalizers/bert.rs. */
export function bertNormalizer(options: BertOptions): (source: Aligned) => Aligned {
  const steps: ((source: Aligned) => Aligned)[] = [];
  if (options.clean_text) steps.push(clean);
  if (options.handle_chinese_chars) steps.push(spaceAroundChinese);
  if (options.strip_accents ?? options.lowercase) steps.push(stripAccents);
  if (options.lowercase) steps.push(lowerCase);
  return (source) => steps.reduce((text, step) => step(text), source);
}

/** Control characters go, white space becomes a space. */
function clean(source: Aligned): Aligned {
  return replaceMatches(source, controlOrSpace, (character) => {
    return whiteSpace.test(character) ? ' ' : '';
  });
}

const whiteSpace = /^[\t\n\r \p{Zs}\p{Zl}\p{Zp}]$/u;
const controlOrSpace = new RegExp(`${control}|\\p{White_Space}`, 'gv');

function spaceAroundChinese(source: Aligned): Aligned {
  return replaceMatches(source, chinese, (character) => ` ${character} `);
}

const chinese =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

function stripAccents(source: Aligned): Aligned {
  return replaceMatches(normaliseForm(source, 'NFD'), marks, () => '');
}

const marks = new RegExp(bertMark, 'gv');
