/** The wire to the extension: calls to the host go out, its events come in, both over the webview's message port. */
import { createBirpc } from 'birpc';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Connection<Host, Kept> {
  readonly host: Host;
  /** What the page wanted kept when it was last alive; as good as outside data. */
  readonly remembered: Kept | undefined;
  remember(kept: Kept): void;
}

/** A read of a large model may take long, but a call must settle. */
const longestCallMs = 180_000;

/** Connects a page, once: `events` are what the host calls, `tellings` the methods of the host that nobody waits for. */
export function connect<Host extends object, Kept>(
  events: object,
  tellings: readonly (keyof Host & string)[],
): Connection<Host, Kept> {
  const vscode = acquireVsCodeApi();
  const host = createBirpc<Host, object>(events, {
    post: (message) => {
      vscode.postMessage(message);
    },
    on: (listener) => {
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        listener(event.data);
      });
    },
    timeout: longestCallMs,
    eventNames: [...tellings],
  });
  return {
    // Every method of the wire answers with a promise; a Host's methods do so, or return nothing that is waited for.
    host: host as unknown as Host,
    remembered: vscode.getState() as Kept | undefined,
    remember: (kept) => {
      vscode.setState(kept);
    },
  };
}
