/** From one way to show tokens in the text to the next; the setting tells everybody who draws. */
import * as vscode from 'vscode';
import { settingsSection } from '../settings';
import type { Settings } from '../settings';
import type { InlineMode } from './tokenPainter';

const next: Readonly<Record<InlineMode, InlineMode>> = {
  ids: 'text',
  text: 'boundaries',
  boundaries: 'heat',
  heat: 'ids',
};

export async function changeTokenDisplay(settings: Settings): Promise<void> {
  const section = vscode.workspace.getConfiguration(settingsSection);
  const inWorkspace = section.inspect('inline.mode')?.workspaceValue !== undefined;
  const target = inWorkspace
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await section.update('inline.mode', next[settings.get('inline.mode')], target);
}
