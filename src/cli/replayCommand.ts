import { readFile } from 'node:fs/promises';
import { modelHash } from '../engine/modelHash';
import { Stepper } from '../engine/sampling/stepper';
import type { GeneratedToken, StepRequest } from '../protocol/engineApi';
import { fail } from '../protocol/failures';
import { isReproduced, readSessionRecord } from '../protocol/sessionRecord';
import type { RecordedPiece, RecordedToken, SessionRecord } from '../protocol/sessionRecord';
import type { Command, CommandContext } from './command';
import { withModel, type LoadedModel } from './loadedModel';
import { t } from './messages';
import { tokenBytes } from './tokenBytes';
import { readArguments, UsageError } from './usage';
import { deviceOption, onThreads } from './values';

/** Generates every token of a saved session again, one JSON object each, and tells whether it came out the same. */
export const replayCommand: Command = async (args, context) => {
  const { values, rest } = readArguments(args, {
    model: 'once',
    device: 'once',
    threads: 'once',
  });
  const [file, ...more] = rest;
  if (file === undefined || more.length > 0) throw new UsageError(t('cli.usage.one-record'));
  const record = readSessionRecord(await textOf(file), file);
  const ids = Int32Array.from(record.contextIds);
  const request = {
    model: values.model,
    device: deviceOption(values.device),
    prompt: { kind: 'ids', ids } as const,
    tokenizer: 'wanted' as const,
  };
  await withModel(request, onThreads(context, values.threads), (model) =>
    replay(model, record, context),
  );
};

async function replay(
  model: LoadedModel,
  record: SessionRecord,
  { terminal }: CommandContext,
): Promise<void> {
  const { decoder, tokenizer, host, pace } = model;
  const hash = await modelHash(model.weights, pace);
  if (hash !== record.model.hash) {
    terminal.note(t('cli.note.other-model', { recorded: record.model.name }));
  }
  const stepper = new Stepper({ decoder, host, bytesOf: (ids) => tokenBytes(ids, tokenizer) });
  let first: { token: number; expected: number; made: number } | undefined;
  let tokens = 0;
  try {
    for (const { piece, request, recorded } of stepsOf(record)) {
      const made = await stepper.step(request, pace);
      const isSame = isReproduced(recorded, made);
      tokens++;
      if (!isSame) first ??= { token: tokens, expected: recorded.id, made: made.id };
      await terminal.line(lineOf(piece, { recorded, made, isSame }));
    }
  } finally {
    stepper.dispose();
  }
  await terminal.line(JSON.stringify({ reproduced: first === undefined, tokens }));
  if (first !== undefined) throw fail('record-differs', first);
}

interface ReplayStep {
  readonly piece: number;
  readonly request: StepRequest;
  readonly recorded: RecordedToken;
}

/** Each recorded token with the recorded text before it, so that one difference does not hide the next. */
function* stepsOf(record: SessionRecord): Generator<ReplayStep> {
  for (const [index, piece] of record.pieces.entries()) {
    const settings = record.settings[piece.settings];
    if (settings === undefined) continue;
    const before = [...idsBefore(piece, record)];
    for (const recorded of piece.tokens) {
      const ids = Int32Array.from([...record.contextIds, ...before]);
      const choice = recorded.chosen === true ? { choice: recorded.id } : {};
      const { sampling, stop } = settings;
      const promptLength = record.contextIds.length;
      yield { piece: index, request: { ids, promptLength, sampling, stop, ...choice }, recorded };
      before.push(recorded.id);
    }
  }
}

function idsBefore(piece: RecordedPiece, { pieces }: SessionRecord): number[] {
  const parent = pieces[piece.parent];
  if (parent === undefined) return [];
  return [...idsBefore(parent, { pieces } as SessionRecord), ...parent.tokens.map(({ id }) => id)];
}

function lineOf(
  piece: number,
  { recorded, made, isSame }: { recorded: RecordedToken; made: GeneratedToken; isSame: boolean },
): string {
  const { id, probability, rank, stopped = null } = made;
  const expected = { id: recorded.id, probability: recorded.probability, rank: recorded.rank };
  return JSON.stringify({
    piece,
    id,
    probability,
    rank,
    stopped,
    recorded: expected,
    same: isSame,
  });
}

async function textOf(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw fail('file-unreadable', { file, why });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fail('file-not-text', { file });
  }
}
