/** The number of tokens that a text should not exceed, as the person sets it. */
import * as vscode from 'vscode';
import type { EngineService } from '../engine/engineService';
import { language, t } from '../l10n';
import type { Settings } from '../settings';
import { settingsSection } from '../settings';
import { grouped, percent } from '../tokens/numbers';

/** Sizes of contexts that are common among models. */
const presets = [4_096, 8_192, 16_384, 32_768, 65_536, 128_000, 200_000, 400_000, 1_000_000];

/** From this share of the limit on, a count is worth a warning. */
const nearShare = 0.9;

export type LimitState = 'none' | 'within' | 'near' | 'over';

export function limitState(tokens: number, limit: number): LimitState {
  if (limit === 0) return 'none';
  if (tokens > limit) return 'over';
  return tokens >= nearShare * limit ? 'near' : 'within';
}

/** Of a count: how it stands to the limit, in words; empty without a limit. */
export function limitSentence(tokens: number, limit: number): string {
  const state = limitState(tokens, limit);
  if (state === 'none') return '';
  const values = { share: percent(tokens / limit), limit: grouped(limit, language()) };
  return t(state === 'over' ? 'limit.over' : 'limit.within', values);
}

/** Asks for the limit and writes it to the settings. */
export async function chooseLimit(engine: EngineService, settings: Settings): Promise<void> {
  const current = settings.get('limit');
  const context = engine.model?.config.context;
  const sizes = presets.map((size) => ({ size, label: grouped(size, language()) }));
  const own =
    context === undefined
      ? []
      : [{ size: context, label: grouped(context, language()), description: t('limit.ofModel') }];
  const items: (vscode.QuickPickItem & { readonly size?: number })[] = [
    { size: 0, label: t('limit.none') },
    ...own,
    ...sizes,
    { label: t('limit.other') },
  ].map((item) =>
    'size' in item && item.size === current ? { ...item, description: t('limit.current') } : item,
  );
  const chosen = await vscode.window.showQuickPick(items, { title: t('limit.title') });
  if (chosen === undefined) return;
  const limit = chosen.size ?? (await askForNumber(current));
  if (limit === undefined) return;
  await vscode.workspace
    .getConfiguration(settingsSection)
    .update('limit', limit, vscode.ConfigurationTarget.Global);
}

async function askForNumber(current: number): Promise<number | undefined> {
  const typed = await vscode.window.showInputBox({
    title: t('limit.title'),
    value: current === 0 ? '' : String(current),
    validateInput: (value) => (wholeOf(value) === undefined ? t('limit.invalid') : undefined),
  });
  return typed === undefined ? undefined : wholeOf(typed);
}

/** Digits, with or without separators between groups. */
function wholeOf(typed: string): number | undefined {
  const digits = typed.replaceAll(/[\s,._]/g, '');
  const value = /^\d{1,9}$/.test(digits) ? Number(digits) : undefined;
  return value === 0 ? undefined : value;
}
