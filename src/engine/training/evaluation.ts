import type { TokenStream } from './batches';
import type { TrainingModel } from './trainingModel';

/** How well a model predicts a text. */
export interface Evaluation {
  /** Mean cross-entropy of the scored tokens. */
  readonly natsPerToken: number;
  /** The same sum in bits, over the bytes that the scored tokens stand for; undefined where they stand for none. */
  readonly bitsPerByte: number | undefined;
  /** Tokens that were scored. */
  readonly tokens: number;
}

/**
 * Cuts a stream into consecutive windows of the context and scores every token but a window's first, given the earlier
 * ones of its window. `bytesOf` is the number of bytes of each id.
 */
export async function evaluate(
  model: TrainingModel,
  text: { readonly tokens: TokenStream; readonly bytesOf: (id: number) => number },
  pause: () => Promise<void>,
): Promise<Evaluation> {
  const { batch, length } = model.size;
  let nats = 0;
  let scored = 0;
  let bytes = 0;
  for (let start = 0; start < text.tokens.length; start += batch * length) {
    const windows = windowsFrom(text.tokens, start, model.size);
    for (const target of windows.targets) if (target >= 0) bytes += text.bytesOf(target);
    if (!windows.targets.some((target) => target >= 0)) continue;
    const loss = await model.measure(windows, pause);
    nats += loss.nats * loss.targets;
    scored += loss.targets;
  }
  const bitsPerByte = bytes > 0 ? nats / Math.LN2 / bytes : undefined;
  return { natsPerToken: nats / scored, bitsPerByte, tokens: scored };
}

/** Windows one after another; what is missing at the end of the stream is filled with token 0, which nothing scored sees. */
function windowsFrom(
  tokens: TokenStream,
  start: number,
  { batch, length }: TrainingModel['size'],
): { ids: Int32Array; targets: Int32Array } {
  const ids = new Int32Array(batch * length);
  ids.set(tokens.subarray(start, start + ids.length));
  const targets = Int32Array.from(ids, (_, at) => {
    const next = start + at + 1;
    return at % length === length - 1 || next >= tokens.length ? -1 : tokens[next];
  });
  return { ids, targets };
}
