/** One visible editor whose tokens are shown: what is known of it, and what is drawn of that. */
import type * as vscode from 'vscode';
import { Latest } from '../latest';
import type { Tokenizers } from '../tokenizers/tokenizers';
import { RegionTokens } from '../tokens/regionTokens';
import type { Region } from '../tokens/regionTokens';
import { regionsOf, visibleRegions } from './editorText';

export class ShownEditor {
  readonly editor: vscode.TextEditor;
  readonly tokens: RegionTokens;
  readonly latest = new Latest();
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether a drawing begins as soon as what is being told now is told. */
  isDue = false;
  /** When the first event came that what is drawn does not follow yet. */
  staleSince: number | undefined;
  /** What is being drawn, and what was drawn last. */
  underWay: Drawing | undefined;
  drawn: Drawing | undefined;

  constructor(editor: vscode.TextEditor, tokenizers: Tokenizers) {
    this.editor = editor;
    this.tokens = new RegionTokens(tokenizers.clientFor(editor.document));
  }

  key(ghostAt: number | undefined): string {
    const regions = regionsOf(this.editor).map(
      ({ start, end }) => `${String(start)}-${String(end)}`,
    );
    return `${String(this.editor.document.version)} ${String(ghostAt)} ${regions.join(' ')}`;
  }

  /** Whether a drawing is of what is visible now. */
  isWanted(drawing: Drawing | undefined, ghostAt: number | undefined): boolean {
    if (drawing?.key !== this.key(ghostAt)) return false;
    return visibleRegions(this.editor, 0).every(({ start, end }) =>
      drawing.visible.some((drawn) => drawn.start <= start && end <= drawn.end),
    );
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.latest.dispose();
  }
}

/** For which text and selections, and around which lines. */
interface Drawing {
  readonly key: string;
  readonly visible: readonly Region[];
}
