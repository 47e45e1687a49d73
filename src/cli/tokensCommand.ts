import { tokenOrigins } from '../engine/tokenOrigins';
import type { Tokenizer } from '../engine/tokenizer/tokenizer';
import { textOf } from '../engine/tokenizer/tokenOrigin';
import { Pace } from '../engine/work';
import { reaches, type Reach, type TokenOrigins } from '../protocol/tokenOrigins';
import { scriptOf } from '../protocol/tokenScript';
import { matcherOf, searchKinds, type SearchedToken } from '../protocol/tokenSearch';
import { nodeParts } from '../worker/nodeHost';
import type { Command } from './command';
import { t } from './messages';
import { tokenizerOption } from './tokenizerOption';
import { readArguments, UsageError } from './usage';
import { refuseRest } from './values';

/** Writes the entries of a vocabulary that are searched for, one JSON object a line, with how each comes about. */
export const tokensCommand: Command = async (args, context) => {
  const { values, rest } = readArguments(args, {
    model: 'once',
    tokenizer: 'once',
    'special-tokens': 'once',
    text: 'once',
    bytes: 'once',
    id: 'once',
    expression: 'once',
    reach: 'often',
  });
  refuseRest(rest);
  const searches = searchKinds.flatMap((kind) => {
    const typed = values[kind];
    return typed === undefined ? [] : [matcherOf({ kind, typed })];
  });
  const wanted = values.reach.map(reachNamed);
  const tokenizer = await tokenizerOption(
    { model: values.model, tokenizer: values.tokenizer, special: values['special-tokens'] },
    context,
  );
  const { host } = nodeParts(context.places);
  const work = { pace: new Pace(host, context.signal), onProgress: undefined };
  const origins = await tokenOrigins(tokenizer, work);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const lines: string[] = [];
  for (let id = 0; id < origins.reach.length; id++) {
    const bytes = tokenizer.bytes([id]);
    const token = { id, bytes, text: decoder.decode(bytes) };
    const reach = reaches[origins.reach[id] ?? 0] ?? 'none';
    const isWanted = wanted.length === 0 ? bytes.length > 0 : wanted.includes(reach);
    if (!isWanted || !searches.every((matches) => matches(token))) continue;
    lines.push(lineOf(token, reach, { tokenizer, origins }));
    if (lines.length >= linesPerBatch) await context.terminal.line(...lines.splice(0));
  }
  if (lines.length > 0) await context.terminal.line(...lines);
};

const linesPerBatch = 1000;

function reachNamed(typed: string): Reach {
  const reach = reaches.find((known) => known === typed);
  if (reach !== undefined) return reach;
  throw new UsageError(t('cli.usage.reach', { value: typed, names: reaches.join(', ') }));
}

function lineOf(
  { id, bytes }: SearchedToken,
  reach: Reach,
  { tokenizer, origins }: { readonly tokenizer: Tokenizer; readonly origins: TokenOrigins },
): string {
  const text = textOf(bytes);
  const rank = origins.ranks[id] ?? -1;
  return JSON.stringify({
    id,
    text: text ?? null,
    bytes: Buffer.from(bytes).toString('hex'),
    characters: text === undefined ? null : Array.from(text).length,
    script: scriptOf(text),
    special: tokenizer.vocabulary.special.includes(id),
    reach,
    ...(rank < 0 ? {} : { rank, parts: [origins.lefts[id], origins.rights[id]] }),
    ...(origins.scores === undefined ? {} : { score: origins.scores[id] }),
  });
}
