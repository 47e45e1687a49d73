/** Long work that a person asked for: a notification with progress and a way to stop it, if it is long. */
import * as vscode from 'vscode';

export interface LongWork {
  readonly signal: AbortSignal;
  /** Tells how much is done, of 1, and a word about it. */
  readonly report: (done: number, word?: string) => void;
}

/** Work that ends before this needs no notification. */
const patienceMs = 500;

/** Does the work; what takes longer than half a second shows a notification that can stop it. */
export async function withProgress<Result>(
  title: string,
  work: (long: LongWork) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  let told = { done: 0, word: '' };
  let listener: ((now: typeof told) => void) | undefined;
  const report = (done: number, word = ''): void => {
    told = { done, word };
    listener?.(told);
  };
  const working = work({ signal: controller.signal, report });
  const isShort = await Promise.race([settled(working), later()]);
  if (isShort) return working;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (progress, cancellation) => {
    cancellation.onCancellationRequested(() => {
      controller.abort();
    });
    let shown = 0;
    listener = ({ done, word }) => {
      progress.report({ message: word, increment: (done - shown) * 100 });
      shown = done;
    };
    listener(told);
    return working;
  });
}

function settled(work: Promise<unknown>): Promise<true> {
  return work.then(
    () => true,
    () => true,
  );
}

function later(): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => {
      resolve(false);
    }, patienceMs);
  });
}
