import { checkIds, windowOf } from '../engine/ids';
import { activationNames, activationShape } from '../engine/tracing/activationShapes';
import { globExpression } from '../engine/globExpression';
import type { ModelConfig } from '../protocol/modelConfig';
import { fail } from '../protocol/failures';
import type { Command, CommandContext } from './command';
import { withModel, type LoadedModel } from './loadedModel';
import { t } from './messages';
import { TraceFile } from './traceFile';
import { readArguments, UsageError } from './usage';
import { deviceOption, onThreads, promptOption, refuseRest } from './values';

/** Runs the model once over a text and writes its activations to a safetensors file. */
export const traceCommand: Command = async (args, context) => {
  const { values, rest } = readArguments(args, {
    model: 'once',
    text: 'once',
    ids: 'once',
    device: 'once',
    threads: 'once',
    keep: 'often',
    out: 'once',
  });
  refuseRest(rest);
  const { model, out } = values;
  if (out === undefined || out === '') throw new UsageError(t('cli.usage.no-out'));
  const prompt = promptOption({ option: 'text', text: values.text, ids: values.ids });
  const device = deviceOption(values.device);
  const tokenizer = prompt.kind === 'ids' ? 'skip' : 'needed';
  const surroundings = onThreads(context, values.threads);
  await withModel({ model, device, prompt, tokenizer }, surroundings, (loaded) =>
    writeTrace(loaded, { out, keep: values.keep }, context),
  );
};

async function writeTrace(
  { decoder, ids: given, pace }: LoadedModel,
  to: { readonly out: string; readonly keep: readonly string[] },
  { terminal }: CommandContext,
): Promise<void> {
  const { config, device } = decoder;
  checkIds(given, config.vocabulary);
  const { ids, dropped } = windowOf(given, config.context);
  if (dropped > 0) terminal.note(t('cli.note.window', { used: ids.length, given: given.length }));
  const names = wantedNames(config, to.keep);
  const shapes = new Map(names.map((name) => [name, activationShape(name, config, ids.length)]));
  const trace = await TraceFile.create(to.out, { ids, shapes, device });
  try {
    await decoder.forward({ ids, recorder: trace, logits: 'none', breathe: pace.pause });
    await trace.finish();
  } catch (error) {
    await trace.discard();
    throw error;
  }
}

/** Names that match a glob, all without any. Throws `activation-unknown` for a glob that matches none. */
function wantedNames(config: ModelConfig, globs: readonly string[]): string[] {
  const names = activationNames(config);
  if (globs.length === 0) return names;
  const patterns = globs.map((glob) => {
    const pattern = globExpression(glob);
    if (!names.some((name) => pattern.test(name))) throw fail('activation-unknown', { name: glob });
    return pattern;
  });
  return names.filter((name) => patterns.some((pattern) => pattern.test(name)));
}
