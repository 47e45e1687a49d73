import { SplitPreTokenizer } from '@huggingface/tokenizers';
import { fail } from '../../protocol/failures';
import { cl100kSource, Cl100kSplitter, singleDigitSource } from './cl100kSplitter';
import { gpt2Source, Gpt2Splitter } from './gpt2Splitter';

/** Cuts a text into the pieces that are merged each on their own. */
export interface Splitter {
  /** Pieces that joined are the text; none is empty. The text is well-formed. */
  split(text: string): readonly string[];
  /** See `Tokenizer.safeCut`; knows nothing of added tokens. */
  safeCut(text: string, index: number): boolean;
}

/** One stage of a splitter as tokenizer.json describes it. */
export type SplitStage =
  /** GPT-2's pattern. */
  | { readonly kind: 'gpt2' }
  /**
   * What an Oniguruma expression, or a plain text, matches stands alone, and so does what lies between; or, when the
   * matches are `only` kept, they must cover the text.
   */
  | { readonly kind: 'expression'; readonly pattern: SplitPattern; readonly keep: 'all' | 'only' };

type SplitPattern = { readonly Regex: string } | { readonly String: string };

/** Runs the stages one after another, each on the pieces of the one before. Without stages a text is one piece. */
export function makeSplitter(stages: readonly SplitStage[], file: string): Splitter {
  const steps = stages.map((stage) => makeStep(stage, file));
  const alone = steps.length === 1 ? steps[0] : undefined;
  return {
    split:
      alone?.split ??
      ((text) => steps.reduce((pieces, { split }) => pieces.flatMap(split), [text])),
    safeCut: alone?.safeCut ?? (() => false),
  };
}

interface Step {
  readonly split: (text: string) => readonly string[];
  readonly safeCut: Splitter['safeCut'];
}

function makeStep(stage: SplitStage, file: string): Step {
  if (stage.kind === 'gpt2') return stepOf(new Gpt2Splitter());
  const source = 'Regex' in stage.pattern ? stage.pattern.Regex : undefined;
  // Written out they take texts of any length, and know where to cut them.
  if (source === gpt2Source) return stepOf(new Gpt2Splitter());
  if (source === cl100kSource) return stepOf(new Cl100kSplitter());
  if (source === singleDigitSource) return stepOf(new Cl100kSplitter(1));
  return { split: expressionSplit(stage, file), safeCut: () => false };
}

function stepOf(splitter: Splitter): Step {
  return {
    split: (text) => splitter.split(text),
    safeCut: (text, index) => splitter.safeCut(text, index),
  };
}

type Expression = Extract<SplitStage, { kind: 'expression' }>;

/** The library translates Oniguruma's expressions, which mean other things than JavaScript's, and throws where it cannot. */
function expressionSplit(stage: Expression, file: string): Step['split'] {
  const unsupported = (): Error =>
    fail('tokenizer-unsupported', { file, what: `Split ${JSON.stringify(stage.pattern)}` });
  const splitter = makeLibrarySplitter(stage);
  if (splitter === undefined) throw unsupported();
  return (text) => {
    const pieces = runExpression(splitter, text);
    if (pieces.join('') !== text) throw unsupported();
    return pieces;
  };
}

/** V8 throws a RangeError where an expression matches a run of millions of characters. */
function runExpression(splitter: SplitPreTokenizer, text: string): string[] {
  try {
    return splitter.pre_tokenize_text(text);
  } catch {
    throw fail('text-too-large', { characters: text.length, limit: surelySplit });
  }
}

/** A run of this length has been seen to pass, even of characters outside the basic plane. */
const surelySplit = 1_000_000;

function makeLibrarySplitter({ pattern, keep }: Expression): SplitPreTokenizer | undefined {
  try {
    return keep === 'all'
      ? new SplitPreTokenizer({ type: 'Split', pattern, behavior: 'Isolated', invert: false })
      : new SplitPreTokenizer({ type: 'Split', pattern, behavior: 'Removed', invert: true });
  } catch {
    return undefined;
  }
}
