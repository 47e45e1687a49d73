import { compareTokenizers } from '../engine/tokenizing';
import { Pace } from '../engine/work';
import { nodeParts } from '../worker/nodeHost';
import type { Command } from './command';
import { t } from './messages';
import { readInput } from './textInput';
import { tokenizerOption } from './tokenizerOption';
import { readArguments, UsageError } from './usage';
import { refuseRest } from './values';

/** Writes how two tokenizers cut a text: one JSON object a line of it, then the totals, then each difference. */
export const compareTokenizersCommand: Command = async (args, context) => {
  const { values, rest } = readArguments(args, { tokenizer: 'often', 'special-tokens': 'once' });
  const [file = '-', ...more] = rest;
  refuseRest(more);
  const [first, second, ...others] = values.tokenizer;
  if (first === undefined || second === undefined || others.length > 0) {
    throw new UsageError(t('cli.usage.two-tokenizers'));
  }
  const special = values['special-tokens'];
  const open = (tokenizer: string) =>
    tokenizerOption(
      tokenizer === 'model'
        ? { model: undefined, tokenizer: undefined, special: undefined }
        : { model: undefined, tokenizer, special },
      context,
    );
  const both = [await open(first), await open(second)] as const;
  const text = await readInput(file, context);
  const { host } = nodeParts(context.places);
  const work = { pace: new Pace(host, context.signal), onProgress: undefined };
  const found = await compareTokenizers(text, both, work);
  const lines = Array.from(found.lineBytes, (bytes, line) => ({
    line: line + 1,
    bytes,
    tokens: [found.lineTokens[0][line], found.lineTokens[1][line]],
  }));
  const differences = Array.from(found.starts, (start, n) => ({
    start,
    end: found.ends[n],
    tokens: [found.counts[0][n], found.counts[1][n]],
  }));
  const totals = {
    tokenizers: [first, second],
    tokens: found.tokens,
    bytes: found.byteLength,
    differences: differences.length,
  };
  await context.terminal.line(
    ...[...lines, totals, ...differences].map((row) => JSON.stringify(row)),
  );
};
