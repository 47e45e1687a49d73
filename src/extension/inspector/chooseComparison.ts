/** `Compare…`: asks what the text in the Inspector is to be compared with, or compares with what it is given. */
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { ComparedWith } from '../../protocol/comparison';
import { fail } from '../../protocol/failures';
import type { ModelLocation } from '../../protocol/models';
import type { PanelState } from '../../protocol/panelApi';
import { isEdited } from '../../protocol/runEdits';
import { editorAtHand, regionOf } from '../editor/editorText';
import type { EngineService } from '../engine/engineService';
import { t } from '../l10n';
import type { ModelChoice } from '../models/modelChoice';
import type { Inspector } from './inspector';
import { fileName, promptOf } from './inspector';
import { comparedWith, withName } from './panelValues';

export interface ComparisonServices {
  readonly inspector: Inspector;
  readonly engine: EngineService;
  readonly choice: ModelChoice;
}

interface Choice extends vscode.QuickPickItem {
  /** Undefined when the person does not go through with it; `nothing` ends the comparison. */
  readonly choose: () => ComparedWith | 'nothing' | Promise<ComparedWith | undefined>;
}

/** Throws `text-empty` when there is neither a text in the Inspector nor a selection. */
export async function chooseComparison(
  services: ComparisonServices,
  given: unknown,
): Promise<void> {
  const { inspector } = services;
  if (given === undefined && (await comparesSelections(inspector))) return;
  if (inspector.session?.state.run === undefined) {
    await inspector.inspectSelection(editorAtHand());
  }
  const session = inspector.session;
  if (session?.state.run === undefined) throw fail('text-empty', {});
  const what =
    given === undefined ? await ask(services, session.state) : await agreed(services, given);
  if (what !== undefined) await session.compare(what === 'nothing' ? undefined : what);
}

/** Two selections need no question: the first is A, the second B. */
async function comparesSelections(inspector: Inspector): Promise<boolean> {
  const editor = editorAtHand();
  const [first, second] = (editor?.selections ?? []).filter(({ isEmpty }) => !isEmpty);
  if (editor === undefined || first === undefined || second === undefined) return false;
  const { document } = editor;
  const text = document.getText(second);
  const compare: ComparedWith = { kind: 'text', text, name: placeOf(document, second) };
  await inspector.show({ ...promptOf(document, regionOf(document, first)), compare });
  return true;
}

async function ask(
  services: ComparisonServices,
  state: PanelState,
): Promise<ComparedWith | 'nothing' | undefined> {
  const placeHolder = t('compare.choose.with');
  const chosen = await vscode.window.showQuickPick([...choices(services, state)], { placeHolder });
  return chosen?.choose();
}

function choices(services: ComparisonServices, state: PanelState): readonly Choice[] {
  const { text, edits, sampling, generation, comparison } = state;
  const copy: ComparedWith = { kind: 'text', text, name: undefined };
  return [
    ...selectionChoice(text),
    { label: t('compare.choose.copy'), detail: t('compare.choose.copyDetail'), choose: () => copy },
    ...(isEdited(edits)
      ? [
          {
            label: t('compare.choose.unedited'),
            choose: (): ComparedWith => ({ kind: 'unedited' }),
          },
        ]
      : []),
    {
      label: t('compare.choose.settings'),
      detail: t('compare.choose.settingsDetail'),
      choose: () => ({ kind: 'settings', sampling }),
    },
    {
      label: t('compare.choose.model'),
      detail: t('compare.choose.modelDetail'),
      choose: () => askForModel(services),
    },
    ...generation.branches.map(({ id, name }) => ({
      label: t('compare.choose.branch', { name: name ?? String(id) }),
      choose: (): ComparedWith => ({ kind: 'branch', branch: id }),
    })),
    ...(comparison ? [{ label: t('compare.choose.end'), choose: () => 'nothing' as const }] : []),
  ];
}

/** What is selected in the editor, where that is another text. */
function selectionChoice(text: string): readonly Choice[] {
  const editor = editorAtHand();
  const selection = editor?.selections.find(({ isEmpty }) => !isEmpty);
  if (editor === undefined || selection === undefined) return [];
  const { document } = editor;
  const selected = document.getText(selection);
  if (selected === text) return [];
  const name = placeOf(document, selection);
  return [
    {
      label: t('compare.choose.selection'),
      description: name,
      choose: () => ({ kind: 'text', text: selected, name }),
    },
  ];
}

async function askForModel(services: ComparisonServices): Promise<ComparedWith | undefined> {
  const { engine, choice } = services;
  const open = JSON.stringify(engine.model?.location);
  const ours: readonly (readonly [string, ModelLocation])[] = [
    [t('model.builtin'), { kind: 'builtin' }],
    [t('model.tiny'), { kind: 'builtin', model: 'tiny' }],
  ];
  const items = [
    ...ours
      .filter(([, location]) => JSON.stringify(location) !== open)
      .map(([label, location]) => ({ label, location: () => Promise.resolve(location) })),
    {
      label: t('compare.choose.folder'),
      location: () => choice.agreedFolder(engine, undefined),
    },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder: t('compare.choose.model'),
  });
  const location = await chosen?.location();
  return location && { kind: 'model', location };
}

/** What was given instead of an answer, checked; a model's folder only as far as the person agrees. */
async function agreed(
  { engine, choice }: ComparisonServices,
  given: unknown,
): Promise<ComparedWith | undefined> {
  const what = withName(v.parse(comparedWith, given));
  if (what.kind !== 'model' || what.location.kind === 'builtin') return what;
  const location = await choice.agreedFolder(engine, vscode.Uri.file(what.location.folder));
  return location && { kind: 'model', location };
}

function placeOf(document: vscode.TextDocument, { start }: vscode.Selection): string {
  return `${fileName(document.uri)}:${String(start.line + 1)}`;
}
