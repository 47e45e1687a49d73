/** The wire to the extension: calls to the host go out, its events come in, both over the webview's message port. */
import { createBirpc } from 'birpc';
import type { HostApi, PanelEvents, Place } from '../src/protocol/panelApi';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Connection {
  readonly host: HostApi;
  /** Where the person was looking when the panel was last alive. */
  readonly rememberedPlace: Place | undefined;
  remember(place: Place): void;
}

/** A read of a large model may take long, but a call must settle. */
const longestCallMs = 180_000;

export function connect(events: PanelEvents): Connection {
  const vscode = acquireVsCodeApi();
  const host = createBirpc<HostApi, PanelEvents>(events, {
    post: (message) => {
      vscode.postMessage(message);
    },
    on: (listener) => {
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        listener(event.data);
      });
    },
    timeout: longestCallMs,
    eventNames: [
      'moved',
      'generate',
      'goTo',
      'setSampling',
      'cancel',
      'retry',
      'showLog',
      'reveal',
      'saveTrace',
    ],
  });
  return {
    host,
    rememberedPlace: vscode.getState() as Place | undefined,
    remember: (place) => {
      vscode.setState(place);
    },
  };
}
