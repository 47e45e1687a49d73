/** What shows the tokens of the editor's texts: inline, on hover, counted, compared and by their surprisal; and vocabularies. */
import * as vscode from 'vscode';
import { TokenizerComparer } from './comparison/tokenizerComparison';
import { Counting } from './counting/counting';
import { DocumentTexts } from './editor/documentTexts';
import { InlineTokens } from './editor/inlineTokens';
import { TokenCount } from './editor/tokenCount';
import { TokenHover } from './editor/tokenHover';
import type { EngineService } from './engine/engineService';
import type { ModelLocation } from '../protocol/models';
import type { KnownFacts } from './engine/knownFacts';
import type { Notices } from './notices';
import type { Settings } from './settings';
import { Surprisal } from './surprisal/surprisal';
import { TokenHeat } from './surprisal/tokenHeat';
import { Tokenizers } from './tokenizers/tokenizers';
import { TokenizerStatus } from './tokenizers/tokenizerStatus';
import { ExpressionSearcher } from './vocabulary/expressionSearcher';
import { VocabularyPanel } from './vocabulary/vocabularyPanel';

export function makeTokens(parts: TokenSurroundings) {
  const { engine, known, settings, notices, memory, extension, location, own } = parts;
  const tokenizers = own(new Tokenizers({ engine, settings, memory }));
  const texts = own(new DocumentTexts(engine.client));
  const inline = own(
    new InlineTokens({ engine, known, tokenizers, texts, settings, notices, memory }),
  );
  const hover = own(new TokenHover({ engine, known, tokenizers, inline, notices }));
  const limit = (): number => settings.get('limit');
  const count = own(
    new TokenCount({ engine, inline, tokenizers, texts, notices, limit, location }),
  );
  const tokenizerStatus = own(new TokenizerStatus(tokenizers));
  const counting = own(new Counting({ engine, tokenizers, settings, notices, memory }));
  const comparer = own(new TokenizerComparer({ engine, tokenizers }));
  const searchThread = vscode.Uri.joinPath(extension, 'dist', 'searchThread.js').fsPath;
  const expressions = new ExpressionSearcher(searchThread);
  const vocabularyPanel = own(
    new VocabularyPanel({ engine, tokenizers, expressions, notices, extension }),
  );
  const surprisal = own(new Surprisal({ engine, settings, tokenizers, notices, memory }));
  own(new TokenHeat({ inline, surprisal, settings }));
  return {
    tokenizers,
    tokenizerStatus,
    inline,
    hover,
    count,
    counting,
    comparer,
    expressions,
    vocabularyPanel,
    surprisal,
  };
}

interface TokenSurroundings {
  readonly settings: Settings;
  readonly notices: Notices;
  readonly own: <Owned extends { dispose(): void }>(owned: Owned) => Owned;
  readonly memory: vscode.Memento;
  readonly extension: vscode.Uri;
  readonly engine: EngineService;
  readonly known: KnownFacts;
  /** Of the model that would be opened. */
  readonly location: () => ModelLocation;
}
