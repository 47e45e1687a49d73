/** The whole distribution as a list to search and choose from, with a look at where its first entries would lead. */
import * as vscode from 'vscode';
import type { EngineClient } from '../../protocol/engineApi';
import type { Distribution } from '../../protocol/sampling';
import { greedySampling } from '../../protocol/sampling';
import { decodeUtf8 } from '../../protocol/utf8';
import { t } from '../l10n';
import { fixed, percent } from '../tokens/numbers';
import type { Vocabulary } from '../tokens/vocabulary';

export interface PickRequest {
  readonly engine: Pick<EngineClient, 'step'>;
  readonly vocabulary: Vocabulary;
  readonly distribution: Distribution;
  /** Ids before the token that is chosen. */
  readonly ids: Int32Array;
}

interface Item extends vscode.QuickPickItem {
  readonly id: number;
}

/** More rows make the list slow; the title says so when some are left out. */
export const mostRows = 20_000;
const previewed = 5;
const previewTokens = 8;
/** The list is drawn anew no more often than this. */
const redrawMs = 250;

/** The id that the person chose, or undefined. */
export async function pickToken(request: PickRequest): Promise<number | undefined> {
  const { distribution, vocabulary } = request;
  const list = vscode.window.createQuickPick<Item>();
  const closed = new AbortController();
  list.title = t('stepping.pick', {
    shown: distribution.ids.length,
    vocabulary: distribution.vocabulary,
    entropy: fixed(distribution.entropyBits, 2),
  });
  list.placeholder = t('stepping.pickSearch');
  list.matchOnDescription = true;
  list.items = [...distribution.ids].map((id, row) =>
    itemOf({ id, row }, distribution, vocabulary),
  );
  const chosen = new Promise<number | undefined>((resolve) => {
    list.onDidAccept(() => {
      const [active] = list.activeItems;
      if (active === undefined) return;
      resolve(active.id);
      list.hide();
    });
    list.onDidHide(() => {
      closed.abort();
      resolve(undefined);
    });
  });
  list.show();
  void preview(list, request, closed.signal).catch(() => undefined);
  try {
    return await chosen;
  } finally {
    list.dispose();
  }
}

function itemOf(
  { id, row }: { readonly id: number; readonly row: number },
  { probabilities, logits, kept }: Distribution,
  vocabulary: Vocabulary,
): Item {
  const values = {
    probability: percent(probabilities[row] ?? NaN),
    logit: fixed(logits[row] ?? NaN, 2),
    rank: row + 1,
    id,
  };
  const isCut = kept[row] === 0;
  return {
    id,
    label: vocabulary.label(id),
    description: t(isCut ? 'stepping.pickRowCut' : 'stepping.pickRow', values),
  };
}

/** Writes under each of the first rows how the model would go on greedily after it. */
async function preview(
  list: vscode.QuickPick<Item>,
  { engine, vocabulary, ids, distribution }: PickRequest,
  signal: AbortSignal,
): Promise<void> {
  const details: string[] = [];
  let drawnAt = Date.now();
  let drawn = 0;
  const draw = (): void => {
    // Under somebody who searches the list stays as it is: what they see is what Enter takes.
    if (list.value !== '' || details.length === drawn) return;
    const [first] = list.items;
    const active = list.activeItems[0]?.id;
    list.keepScrollPosition = true;
    list.items = list.items.map((item, row) => {
      const detail = details[row];
      return detail === undefined ? item : { ...item, detail };
    });
    if (active !== first?.id) list.activeItems = list.items.filter(({ id }) => id === active);
    drawnAt = Date.now();
    drawn = details.length;
  };
  list.onDidChangeValue(draw);
  for (const id of distribution.ids.subarray(0, previewed)) {
    const made = await greedily(engine, Int32Array.of(...ids, id), signal);
    const bytes = [id, ...made].flatMap((token) => [...vocabulary.textBytes(token)]);
    const characters = decodeUtf8(Uint8Array.from(bytes));
    const text = characters.map((character) => character.text).join('');
    details.push(`→ ${text.replaceAll(/\r?\n/g, '↵')}`);
    if (Date.now() - drawnAt > redrawMs) draw();
  }
  draw();
}

async function greedily(
  engine: PickRequest['engine'],
  start: Int32Array,
  signal: AbortSignal,
): Promise<number[]> {
  const made: number[] = [];
  const stop = { maxTokens: previewTokens, stopStrings: [] };
  for (;;) {
    const ids = Int32Array.of(...start, ...made);
    const request = { ids, promptLength: start.length, sampling: greedySampling, stop };
    const token = await engine.step(request, { signal });
    made.push(token.id);
    if (token.stopped !== undefined) return made;
  }
}
