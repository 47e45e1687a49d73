// How long scripts of a webview ran in one frame: what keeps the next picture waiting.
import type { Browser } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
  /** CPU time of the thread, in µs: what other processes take from it does not count. */
  readonly tdur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly data?: { readonly url?: string } };
}

/** What runs scripts; one may contain another. */
const scripts = new Set([
  'FunctionCall',
  'EvaluateScript',
  'RunMicrotasks',
  'FireAnimationFrame',
  'v8.callFunction',
]);
/** What ends a frame: its picture is handed to the compositor. */
const frameEnd = 'Commit';
/** The display could have shown a picture after this long, in µs. */
const frameUs = 1e6 / 60;

/** CPU ms of scripts of each frame in which scripts of the bundle named ran, while `act` went on: none where none ran. */
export async function frameScripts(
  browser: Browser,
  bundle: string,
  act: () => Promise<void>,
): Promise<readonly number[]> {
  const client = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  client.on('Tracing.dataCollected', ({ value }) => {
    // The protocol leaves open what an event has; those that are read here have this.
    events.push(...(value as unknown as TraceEvent[]));
  });
  await client.send('Tracing.start', {
    traceConfig: {
      includedCategories: [
        'devtools.timeline',
        'devtools.timeline.frame',
        'disabled-by-default-devtools.timeline',
      ],
    },
    transferMode: 'ReportEvents',
  });
  await act();
  const complete = new Promise((resolve) => {
    client.once('Tracing.tracingComplete', resolve);
  });
  await client.send('Tracing.end');
  await complete;
  await client.detach();
  return framesOf(events, bundle);
}

function framesOf(events: readonly TraceEvent[], bundle: string): readonly number[] {
  const ours = events.find(
    ({ name, args }) => name === 'FunctionCall' && args.data?.url?.includes(bundle) === true,
  );
  if (ours === undefined) return [];
  const thread = events
    .filter(({ pid, tid }) => pid === ours.pid && tid === ours.tid)
    .toSorted((a, b) => a.ts - b.ts);
  const frames: number[] = [];
  let [scriptsEnd, frameFrom] = [-Infinity, -Infinity];
  for (const { name, ph, ts, dur = 0, tdur = dur } of thread) {
    if (name === frameEnd) frameFrom = -Infinity;
    if (!scripts.has(name) || ph !== 'X' || ts < scriptsEnd) continue;
    scriptsEnd = ts + dur;
    if (ts - frameFrom > frameUs) {
      frames.push(0);
      frameFrom = ts;
    }
    frames.push((frames.pop() ?? 0) + tdur / 1000);
  }
  return frames;
}
