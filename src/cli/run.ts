import { failureOf, type Failure } from '../protocol/failures';
import type { CommandContext } from './command';
import { corpusCommand } from './corpusCommand';
import { compareTokenizersCommand } from './compareTokenizersCommand';
import { countCommand } from './countCommand';
import { evaluateCommand } from './evaluateCommand';
import { experimentCommand } from './experimentCommand';
import { generateCommand } from './generateCommand';
import { failureSentence, t } from './messages';
import { replayCommand } from './replayCommand';
import { surprisalCommand } from './surprisalCommand';
import { tokenizeCommand } from './tokenizeCommand';
import { tokensCommand } from './tokensCommand';
import { traceCommand } from './traceCommand';
import { trainCommand } from './trainCommand';
import { UsageError } from './usage';
import { verifyCommand } from './verifyCommand';
import { vocabularyCommand } from './vocabularyCommand';

const commands = {
  tokenize: tokenizeCommand,
  count: countCommand,
  'compare-tokenizers': compareTokenizersCommand,
  tokens: tokensCommand,
  surprisal: surprisalCommand,
  trace: traceCommand,
  verify: verifyCommand,
  generate: generateCommand,
  replay: replayCommand,
  vocabulary: vocabularyCommand,
  train: trainCommand,
  corpus: corpusCommand,
  evaluate: evaluateCommand,
  experiment: experimentCommand,
};

/** What the command line needs of its surroundings. */
export interface CliContext extends CommandContext {
  version(): string;
}

/** Runs one command and tells the exit code: 0, 1 when it failed, 2 when it was called in a way that has no meaning. */
export async function run(args: readonly string[], context: CliContext): Promise<0 | 1 | 2> {
  try {
    await dispatch(args, context);
    return 0;
  } catch (thrown) {
    const usage = thrown instanceof UsageError;
    // Whatever was interrupted may say so in its own words.
    const failure = context.signal.aborted ? cancelled : failureOf(thrown);
    context.terminal.note(`tokenscope: ${usage ? thrown.message : failureSentence(failure)}`);
    return usage ? 2 : 1;
  }
}

const cancelled: Failure = { code: 'cancelled', details: {} };

async function dispatch(args: readonly string[], context: CliContext): Promise<void> {
  const [name = '', ...rest] = args;
  const { terminal } = context;
  if (name === '--version' || name === '-v') return terminal.line(context.version());
  if (name === '--help' || name === '-h' || name === 'help') return terminal.line(t('cli.help'));
  if (name === '') throw new UsageError(t('cli.usage.no-command'));
  if (!isCommand(name)) throw new UsageError(t('cli.usage.unknown-command', { name }));
  if (rest.includes('--help') || rest.includes('-h')) return terminal.line(t(`cli.help.${name}`));
  await commands[name](rest, context);
}

function isCommand(name: string): name is keyof typeof commands {
  return Object.hasOwn(commands, name);
}
