import type { DeviceName, WeightFormat } from '../protocol/devices';
import { mostThreads } from '../worker/nodeThreads';
import type { CommandContext } from './command';
import { t } from './messages';
import { UsageError } from './usage';

/** A number as it was typed, or the value that counts when none was. Throws `UsageError` for what is no number. */
export function numberOption(option: string, typed: string | undefined, otherwise: number): number {
  if (typed === undefined) return otherwise;
  const value = typed.trim() === '' ? NaN : Number(typed);
  if (Number.isFinite(value)) return value;
  throw new UsageError(t('cli.usage.not-a-number', { option, value: typed }));
}

/** A whole number of at least `least`. Throws `UsageError` for any other. */
export function wholeOption(
  option: string,
  typed: string | undefined,
  { otherwise, least }: { readonly otherwise: number; readonly least: number },
): number {
  const value = numberOption(option, typed, otherwise);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(t('cli.usage.not-whole', { option, least, value: typed ?? otherwise }));
}

/** Ids from `1,2,3`. Whether they are ids of the model, the model says. */
function idsOption(typed: string): Int32Array {
  const ids = typed.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : NaN));
  if (ids.every((id) => id <= largestId)) return Int32Array.from(ids);
  throw new UsageError(t('cli.usage.not-ids', { value: typed }));
}

const largestId = 2 ** 31 - 1;

export function deviceOption(typed: string | undefined): DeviceName | undefined {
  if (typed === undefined || typed === 'wasm' || typed === 'reference') return typed;
  throw new UsageError(t('cli.usage.device', { value: typed }));
}

/** How weights are kept. Throws `UsageError` for what is no format. */
export function weightsOption(typed: string | undefined): WeightFormat {
  if (typed === undefined) return 'f32';
  if (typed === 'f32' || typed === 'f16' || typed === 'int8') return typed;
  throw new UsageError(t('cli.usage.weights', { value: typed }));
}

/** Threads to compute with; 0, one per core, when none are given. Throws `UsageError` for what is no count. */
export function threadsOption(typed: string | undefined): number {
  const threads = wholeOption('--threads', typed, { otherwise: 0, least: 0 });
  return Math.min(threads, mostThreads);
}

/** The surroundings of a command that computes on so many threads. */
export function onThreads(context: CommandContext, typed: string | undefined): CommandContext {
  return { ...context, places: { ...context.places, threads: threadsOption(typed) } };
}

/** What goes into the model: text or ids, exactly one of them. */
export type Prompt =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'ids'; readonly ids: Int32Array };

export function promptOption(given: {
  /** Name of the option for text, without hyphens. */
  readonly option: string;
  readonly text: string | undefined;
  readonly ids: string | undefined;
}): Prompt {
  const { option, text, ids } = given;
  if (text !== undefined && ids === undefined) return { kind: 'text', text };
  if (ids !== undefined && text === undefined) return { kind: 'ids', ids: idsOption(ids) };
  throw new UsageError(t('cli.usage.one-prompt', { option: `--${option}` }));
}

/** Throws `UsageError` for arguments that belong to no option. */
export function refuseRest(rest: readonly string[]): void {
  const [value] = rest;
  if (value !== undefined) throw new UsageError(t('cli.usage.unexpected', { value }));
}
