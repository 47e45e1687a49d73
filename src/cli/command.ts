import type { NodePlaces } from '../worker/nodeHost';
import type { LabPlaces } from '../worker/nodeLabFiles';
import type { Terminal } from './terminal';

/** What a command is given. It writes its results to the terminal and throws failures and `UsageError`. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly places: CliPlaces;
  readonly signal: AbortSignal;
}

/** Where the things lie that come with the product. */
export interface CliPlaces extends NodePlaces, LabPlaces {
  /** Folder of the rank tables of the built-in encodings. */
  readonly encodings: string;
}

export type Command = (args: readonly string[], context: CommandContext) => Promise<void>;
