import { generate, type Steps } from '../engine/sampling/generate';
import { Stepper } from '../engine/sampling/stepper';
import { checkSampling, checkStop } from '../engine/sampling/settings';
import type { Tokenizer } from '../engine/tokenizer/tokenizer';
import type { GeneratedToken } from '../protocol/engineApi';
import { failureOf } from '../protocol/failures';
import type { SamplingSettings, StopSettings } from '../protocol/sampling';
import type { Command, CommandContext } from './command';
import { withModel, type LoadedModel } from './loadedModel';
import { failureSentence, t } from './messages';
import { tokenBytes } from './tokenBytes';
import { readArguments, UsageError } from './usage';
import {
  deviceOption,
  numberOption,
  onThreads,
  promptOption,
  refuseRest,
  weightsOption,
} from './values';

/** Continues a text token by token, one JSON object a line, and last why it stopped. */
export const generateCommand: Command = async (args, context) => {
  const { values, rest } = readArguments(args, {
    model: 'once',
    prompt: 'once',
    ids: 'once',
    device: 'once',
    threads: 'once',
    weights: 'once',
    'max-tokens': 'once',
    temperature: 'once',
    'top-k': 'once',
    'top-p': 'once',
    'min-p': 'once',
    'repetition-penalty': 'once',
    seed: 'once',
    stop: 'often',
  });
  refuseRest(rest);
  const prompt = promptOption({ option: 'prompt', text: values.prompt, ids: values.ids });
  const sampling: SamplingSettings = {
    temperature: numberOption('--temperature', values.temperature, 0),
    topK: numberOption('--top-k', values['top-k'], 0),
    topP: numberOption('--top-p', values['top-p'], 1),
    minP: numberOption('--min-p', values['min-p'], 0),
    repetitionPenalty: numberOption('--repetition-penalty', values['repetition-penalty'], 1),
    seed: numberOption('--seed', values.seed, 1),
  };
  const stop: StopSettings = {
    maxTokens: numberOption('--max-tokens', values['max-tokens'], 50),
    stopStrings: values.stop,
  };
  checkSettings(sampling, stop);
  const weights = weightsOption(values.weights);
  const request = { model: values.model, device: deviceOption(values.device), prompt, weights };
  const textNeeded = prompt.kind === 'text' || stop.stopStrings.length > 0;
  const tokenizer = textNeeded ? 'needed' : 'wanted';
  await withModel({ ...request, tokenizer }, onThreads(context, values.threads), (model) =>
    writeTokens(model, { sampling, stop }, context),
  );
};

async function writeTokens(
  model: LoadedModel,
  settings: { readonly sampling: SamplingSettings; readonly stop: StopSettings },
  { terminal }: CommandContext,
): Promise<void> {
  const { decoder, tokenizer, ids, host, pace } = model;
  if (ids.length > decoder.config.context) {
    terminal.note(t('cli.note.window', { used: decoder.config.context, given: ids.length }));
  }
  const stepper = new Stepper({ decoder, host, bytesOf: (some) => tokenBytes(some, tokenizer) });
  const steps: Steps = { step: (request) => stepper.step(request, pace) };
  try {
    for await (const token of generate(steps, { ids, ...settings })) {
      await terminal.line(tokenLine(token, tokenizer));
      const { stopped } = token;
      if (stopped !== undefined) await terminal.line(JSON.stringify({ stopped }));
    }
  } finally {
    stepper.dispose();
  }
}

/** `text` is the token's own bytes read as UTF-8: a part of a character becomes U+FFFD. */
function tokenLine(token: GeneratedToken, tokenizer: Tokenizer | undefined): string {
  const { id, probability, rank, draw } = token;
  const text = tokenizer === undefined ? null : textOf(id, tokenizer);
  return JSON.stringify({ id, text, probability, rank, draw: draw ?? null });
}

/** An id that the tokenizer does not know stands for a row the table was padded with: it has no text. */
function textOf(id: number, tokenizer: Tokenizer): string {
  return id < tokenizer.vocabulary.offsets.length - 1 ? tokenizer.decode([id]) : '';
}

const optionNames: Readonly<Record<string, string>> = {
  temperature: '--temperature',
  topK: '--top-k',
  topP: '--top-p',
  minP: '--min-p',
  repetitionPenalty: '--repetition-penalty',
  seed: '--seed',
  maxTokens: '--max-tokens',
  stopStrings: '--stop',
};

/** Throws `UsageError` for settings out of range, by the names of their options. */
function checkSettings(sampling: SamplingSettings, stop: StopSettings): void {
  try {
    checkSampling(sampling);
    checkStop(stop);
  } catch (thrown) {
    const failure = failureOf(thrown);
    if (failure.code !== 'setting-invalid') throw thrown;
    const { name } = failure.details;
    const details = { ...failure.details, name: optionNames[name] ?? name };
    throw new UsageError(failureSentence({ code: 'setting-invalid', details }));
  }
}
