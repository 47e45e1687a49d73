/** What a worker thread is started with: its script and where its files lie in the installed extension. */
import type * as vscode from 'vscode';
import type { Notices } from '../notices';
import type { ThreadOptions } from './threadPort';

export function threadOptions(
  context: Pick<vscode.ExtensionContext, 'asAbsolutePath'>,
  { log }: Notices,
  threads: number,
): ThreadOptions {
  return {
    script: context.asAbsolutePath('dist/worker.js'),
    workerData: {
      kernels: context.asAbsolutePath('dist/kernels.wasm'),
      builtin: context.asAbsolutePath('media/models/builtin'),
      threads,
    },
    log: (line) => {
      log.info(line);
    },
  };
}
