import type { PieceMerges, TokenTable } from '../protocol/tokens';
import type { Tokenizer } from '../engine/tokenizer/tokenizer';
import type { Command } from './command';
import { readInput } from './textInput';
import { tokenizerOption } from './tokenizerOption';
import { readArguments } from './usage';
import { refuseRest } from './values';

/** Writes the tokens of a file or of standard input, one JSON object a line. */
export const tokenizeCommand: Command = async (args, context) => {
  const { values, rest } = readArguments(args, {
    model: 'once',
    tokenizer: 'once',
    'special-tokens': 'once',
    merges: 'flag',
  });
  const [file = '-', ...more] = rest;
  refuseRest(more);
  const tokenizer = await tokenizerOption(
    { model: values.model, tokenizer: values.tokenizer, special: values['special-tokens'] },
    context,
  );
  const text = await readInput(file, context);
  if (values.merges) {
    for (const line of pieceLines(text, tokenizer)) await context.terminal.line(line);
    return;
  }
  for (const lines of tokenLines(text, tokenizer.encode(text))) {
    await context.terminal.line(...lines);
  }
};

/** How each piece became tokens, stretch by stretch between safe cuts. */
function* pieceLines(text: string, tokenizer: Tokenizer): Iterable<string> {
  let start = 0;
  while (start < text.length) {
    let end = Math.min(text.length, start + stretchUnits);
    while (end < text.length && !tokenizer.safeCut(text, end)) end++;
    for (const piece of tokenizer.merges(text.slice(start, end))) {
      yield JSON.stringify(pieceLine(text, start, piece));
    }
    start = end;
  }
}

function pieceLine(text: string, base: number, piece: PieceMerges): object {
  const [start, end] = [base + piece.start, base + piece.end];
  const { bytes, ids, merges, search } = piece;
  const hex = Buffer.from(bytes).toString('hex');
  return { start, end, text: text.slice(start, end), bytes: hex, ids, merges, search };
}

/** Lines in batches, so that a large text is neither one string nor a million writes. `part` counts from 1 here. */
function* tokenLines(text: string, table: TokenTable): Iterable<string[]> {
  const bytes = Buffer.from(text);
  let batch: string[] = [];
  for (const [index, id] of table.ids.entries()) {
    const start = table.starts[index];
    const end = table.ends[index];
    const to = (table.byteEnds ?? table.byteStarts.subarray(1))[index];
    const token = bytes.subarray(table.byteStarts[index], to);
    batch.push(
      JSON.stringify({
        index,
        id,
        bytes: token.toString('hex'),
        text: text.slice(start, end),
        start,
        end,
        part: (table.part[index] ?? 0) + 1,
        parts: table.parts[index],
      }),
    );
    if (batch.length < linesPerBatch) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

const linesPerBatch = 1000;
const stretchUnits = 4096;
