import type { NodePlaces } from '../worker/nodeHost';
import type { Terminal } from './terminal';

/** What a command is given. It writes its results to the terminal and throws failures and `UsageError`. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly places: NodePlaces;
  readonly signal: AbortSignal;
}

export type Command = (args: readonly string[], context: CommandContext) => Promise<void>;
