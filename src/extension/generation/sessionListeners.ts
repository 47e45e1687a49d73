/** What a session wants to hear of: edits of its document, its closing, other settings, another model. */
import * as vscode from 'vscode';
import type { EngineService } from '../engine/engineService';
import { modelKey } from '../models/modelKey';

export interface SessionEvents {
  edited(change: vscode.TextDocumentChangeEvent): void;
  closed(): void;
  settingsChanged(): void;
  /** A model was opened, or the same one again. */
  modelOpened(key: string): void;
}

export function listen(
  document: vscode.TextDocument,
  engine: Pick<EngineService, 'onModel'>,
  events: SessionEvents,
): { dispose(): void }[] {
  const { workspace } = vscode;
  return [
    workspace.onDidChangeTextDocument((change) => {
      if (change.document === document) events.edited(change);
    }),
    workspace.onDidCloseTextDocument((closed) => {
      if (closed === document) events.closed();
    }),
    workspace.onDidChangeConfiguration((change) => {
      const isOurs = ['sampling', 'generation'].some((part) =>
        change.affectsConfiguration(`tokenscope.${part}`),
      );
      if (isOurs) events.settingsChanged();
    }),
    engine.onModel((model) => {
      if (model !== undefined) events.modelOpened(modelKey(model));
    }),
  ];
}
