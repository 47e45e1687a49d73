import { parseArgs } from 'node:util';
import { t } from './messages';

/** The command line was called in a way that has no meaning. The message is a sentence for people. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Options of a command: with a value once, with a value as often as wanted, or a flag without one. */
export type OptionKinds = Readonly<Record<string, 'once' | 'often' | 'flag'>>;

export interface Arguments<Kinds extends OptionKinds> {
  readonly values: {
    readonly [Name in keyof Kinds]: {
      readonly often: readonly string[];
      readonly once: string | undefined;
      readonly flag: boolean;
    }[Kinds[Name]];
  };
  readonly rest: readonly string[];
}

/** Reads the arguments of a command. Throws `UsageError` for options it does not have and values that are missing. */
export function readArguments<const Kinds extends OptionKinds>(
  args: readonly string[],
  kinds: Kinds,
): Arguments<Kinds> {
  const options = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => {
      return [name, { type: kind === 'flag' ? 'boolean' : 'string', multiple: true } as const];
    }),
  );
  const { values, positionals } = parse(joinValues(args, kinds), options);
  const read = Object.entries(kinds).map(([name, kind]) => {
    const given = values[name] ?? [];
    if (kind === 'often') return [name, given];
    if (kind === 'flag') return [name, given.length > 0];
    if (given.length > 1)
      throw new UsageError(t('cli.usage.option-twice', { option: `--${name}` }));
    return [name, given[0]];
  });
  return { values: Object.fromEntries(read) as Arguments<Kinds>['values'], rest: positionals };
}

type ParseOptions = Record<
  string,
  { readonly type: 'string' | 'boolean'; readonly multiple: true }
>;

function parse(
  args: string[],
  options: ParseOptions,
): { values: Partial<Record<string, (string | boolean)[]>>; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return { values, positionals };
  } catch (error) {
    const option = /'(-[^\s'=<]*)/.exec((error as Error).message)?.[1] ?? '';
    const missing = (error as { code?: unknown }).code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE';
    const key = missing ? 'cli.usage.value-missing' : 'cli.usage.unknown-option';
    throw new UsageError(t(key, { option }));
  }
}

/**
 * An option and its value as one argument: text may well begin with a hyphen, which `parseArgs` would take for another
 * option. What follows `--` stays as it is.
 */
function joinValues(args: readonly string[], kinds: OptionKinds): string[] {
  const joined: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? '';
    if (argument === '--') return [...joined, ...args.slice(index)];
    const value = args[index + 1];
    const name = argument.slice(2);
    const takesNext =
      argument.startsWith('--') && Object.hasOwn(kinds, name) && kinds[name] !== 'flag';
    if (!takesNext || value === undefined) joined.push(argument);
    else {
      joined.push(`${argument}=${value}`);
      index++;
    }
  }
  return joined;
}
