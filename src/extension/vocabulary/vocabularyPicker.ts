/** The vocabulary of the tokenizer at hand as a list to search; of the model's own, a token leads to those most like it. */
import * as vscode from 'vscode';
import { editorAtHand } from '../editor/editorText';
import type { EngineService } from '../engine/engineService';
import type { KnownFacts } from '../engine/knownFacts';
import { failureOf } from '../../protocol/failures';
import { failureSentence, language, t } from '../l10n';
import { Latest } from '../latest';
import { tokenizerName } from '../tokenizers/tokenizerSources';
import type { Tokenizers } from '../tokenizers/tokenizers';
import { fixed, grouped } from '../tokens/numbers';
import type { Vocabulary } from '../tokens/vocabulary';
import type { ExpressionSearcher } from './expressionSearcher';
import { searchVocabulary } from './vocabularySearch';

export interface VocabularyPickerOptions {
  readonly engine: EngineService;
  readonly known: KnownFacts;
  readonly tokenizers: Tokenizers;
  readonly expressions: ExpressionSearcher;
}

interface Item extends vscode.QuickPickItem {
  readonly id: number;
}

const mostListed = 200;
const similarListed = 20;
const settleMs = 120;

export async function searchInVocabulary(options: VocabularyPickerOptions): Promise<void> {
  const choice = options.tokenizers.choiceFor(editorAtHand()?.document);
  const isModels = choice.source.kind === 'model';
  const vocabulary = isModels
    ? await options.known.vocabulary()
    : await options.tokenizers.vocabulary(choice);
  const size = grouped(vocabulary.size, language());
  const title = t('vocabulary.title', { name: tokenizerName(choice.source), size });
  const id = await pickToken(vocabulary, { title, expressions: options.expressions });
  if (id === undefined) return;
  if (!isModels) {
    await vscode.env.clipboard.writeText(String(id));
    vscode.window.setStatusBarMessage(t('vocabulary.copied', { id }), 5000);
    return;
  }
  await showSimilar(options.engine, vocabulary, id);
}

/** Lists what is found as the person types; newer searches cancel older. */
function pickToken(
  vocabulary: Vocabulary,
  { title, expressions }: { readonly title: string; readonly expressions: ExpressionSearcher },
): Promise<number | undefined> {
  const pick = vscode.window.createQuickPick<Item>();
  const latest = new Latest();
  let timer: ReturnType<typeof setTimeout> | undefined;
  pick.title = title;
  pick.placeholder = t('vocabulary.placeholder');
  const search = async (query: string): Promise<void> => {
    const signal = latest.begin();
    pick.busy = true;
    try {
      const found = await searchVocabulary(vocabulary, query, {
        most: mostListed,
        signal,
        expressions,
      });
      pick.items = found.ids.map((id) => ({ ...itemOf(vocabulary, id), alwaysShow: true }));
      const count = grouped(found.ids.length, language());
      pick.title = `${title} · ${t(found.cut ? 'vocabulary.first' : 'vocabulary.found', { count })}`;
      pick.busy = false;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === 'cancelled') return;
      pick.items = [];
      pick.title = failureSentence(failure);
      pick.busy = false;
    }
  };
  void search('');
  return new Promise((resolve) => {
    pick.onDidChangeValue((query) => {
      clearTimeout(timer);
      latest.cancel();
      timer = setTimeout(() => void search(query), settleMs);
    });
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.id);
      pick.hide();
    });
    pick.onDidHide(() => {
      clearTimeout(timer);
      latest.dispose();
      pick.dispose();
      resolve(undefined);
    });
    pick.show();
  });
}

async function showSimilar(
  { client }: Pick<EngineService, 'client'>,
  vocabulary: Vocabulary,
  id: number,
): Promise<void> {
  const { nearest } = await client.tokenFacts({ id, neighbours: similarListed });
  const items = nearest.map((other) => {
    const cosine = t('vocabulary.cosine', { cosine: fixed(other.cosine, 3) });
    return { ...itemOf(vocabulary, other.id), detail: cosine };
  });
  const title = t('vocabulary.similar', { token: vocabulary.label(id), id });
  const chosen = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
  if (chosen !== undefined) await showSimilar({ client }, vocabulary, chosen.id);
}

function itemOf(vocabulary: Vocabulary, id: number): Item {
  return { id, label: vocabulary.label(id), description: `${String(id)} · ${vocabulary.hex(id)}` };
}
