import type { TokenTable } from '../protocol/tokens';
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
  });
  const [file = '-', ...more] = rest;
  refuseRest(more);
  const tokenizer = await tokenizerOption(
    { model: values.model, tokenizer: values.tokenizer, special: values['special-tokens'] },
    context,
  );
  const text = await readInput(file, context);
  for (const lines of tokenLines(text, tokenizer.encode(text))) {
    await context.terminal.line(...lines);
  }
};

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
