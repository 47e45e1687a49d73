import { once } from 'node:events';
import { addAbortSignal } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { chooseLanguage } from './messages';

/** Where results, notes and input of a command go and come from. */
export interface Terminal {
  /** Writes lines of results to standard output; resolves when more may be written. */
  line(...lines: readonly string[]): Promise<void>;
  /** Writes a line to standard error. */
  note(text: string): void;
  /** All of standard input; rejects when the signal says to stop. */
  input(): Promise<Uint8Array>;
}

/** The terminal of this process, speaking the language of its environment. */
export function nodeTerminal(environment: NodeJS.ProcessEnv, signal: AbortSignal): Terminal {
  chooseLanguage(environment);
  endQuietlyWhenClosed(process.stdout);
  endQuietlyWhenClosed(process.stderr);
  return {
    async line(...lines) {
      if (lines.length === 0) return;
      if (!process.stdout.write(`${lines.join('\n')}\n`)) await once(process.stdout, 'drain');
    },
    note(text) {
      process.stderr.write(`${text.replace(/\s*[\r\n]+\s*/g, ' ')}\n`);
    },
    input: () => buffer(addAbortSignal(signal, process.stdin)),
  };
}

/** Whoever reads may stop reading, as `head` does: then nothing is left to be done. */
function endQuietlyWhenClosed(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}
