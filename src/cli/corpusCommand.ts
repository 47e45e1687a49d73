import { corpusText } from '../engine/lab/corpusText';
import { grammarNames } from '../protocol/labForms';
import { nodeLabFiles } from '../worker/nodeLabFiles';
import type { Command } from './command';
import { t } from './messages';
import { readArguments, UsageError } from './usage';
import { refuseRest, wholeOption } from './values';
import { writeText } from '../worker/writeFile';

/** Writes text of a ready grammar: the same for the same seed. */
export const corpusCommand: Command = async (args, { places, terminal }) => {
  const { values, rest } = readArguments(args, { seed: 'once', characters: 'once', out: 'once' });
  const [name, ...more] = rest;
  refuseRest(more);
  const grammar = grammarNames.find((known) => known === name);
  if (grammar === undefined) {
    throw new UsageError(t('cli.usage.grammar', { names: grammarNames.join(', ') }));
  }
  const seed = wholeOption('--seed', values.seed, { otherwise: 1, least: 0 });
  const characters = wholeOption('--characters', values.characters, {
    otherwise: 100_000,
    least: 1,
  });
  const source = { kind: 'grammar', grammar, seed, characters } as const;
  const text = await corpusText(nodeLabFiles(places), source);
  if (values.out === undefined) await terminal.line(text.trimEnd());
  else await writeText(values.out, text);
};
