import { readFile } from 'node:fs/promises';
import { fail } from '../protocol/failures';
import type { TokenTable } from '../protocol/tokens';
import type { Command, CommandContext } from './command';
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

/** The text without any change; a byte order mark is a character like others, for offsets count it. */
async function readInput(file: string, { terminal }: CommandContext): Promise<string> {
  const bytes = file === '-' ? await terminal.input() : await readWhole(file);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

async function readWhole(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw fail('file-unreadable', { file, why: code ?? message });
  }
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
