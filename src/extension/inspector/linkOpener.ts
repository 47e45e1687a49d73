/**
 * Follows links to the Inspector. A link comes from anywhere, so nothing is read that the person has not open or does not
 * agree to: a file outside the workspace, another model.
 */
import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { ComparedWith } from '../../protocol/comparison';
import { fail } from '../../protocol/failures';
import type { ModelLocation } from '../../protocol/models';
import { lengthOf } from '../editor/editorText';
import type { EngineService } from '../engine/engineService';
import { t } from '../l10n';
import type { ModelChoice } from '../models/modelChoice';
import type { Notices } from '../notices';
import type { Inspector } from './inspector';
import { promptOf } from './inspector';
import { digestOf, readLink } from './inspectorLink';
import type { InspectorLink, LinkedSource } from './inspectorLink';
import type { Prompt } from './panelSubject';

export interface LinkOpenerOptions {
  readonly inspector: Pick<Inspector, 'show'>;
  readonly engine: EngineService;
  readonly choice: ModelChoice;
  readonly notices: Notices;
}

export class LinkOpener implements vscode.UriHandler {
  readonly #options: LinkOpenerOptions;

  constructor(options: LinkOpenerOptions) {
    this.#options = options;
  }

  handleUri(uri: vscode.Uri): Promise<void> {
    return this.#options.notices.guard(() => this.open(uri));
  }

  /** Throws `link-unreadable`, `link-text-changed`, or what opening a model throws. */
  async open(uri: vscode.Uri): Promise<void> {
    if (uri.path !== '/inspect') throw fail('link-unreadable', { where: uri.path });
    const link = readLink(uri.query);
    const prompt = await promptOfLink(link);
    if (prompt === undefined || !(await this.#openModel(link.model))) return;
    const compare = await this.#comparison(link);
    const { edits, place, sampling } = link;
    await this.#options.inspector.show({
      ...prompt,
      edits,
      place,
      ...(sampling && { sampling }),
      ...(compare && { compare }),
    });
  }

  /** What the link compares with; a model's folder is read only when the person agrees. */
  async #comparison({ compare }: InspectorLink): Promise<ComparedWith | undefined> {
    if (compare?.kind !== 'model' || compare.location.kind === 'builtin') return compare;
    const { engine, choice } = this.#options;
    if (!vscode.workspace.isTrusted || !isAbsolute(compare.location.folder)) return undefined;
    const location = await choice.agreedFolder(engine, vscode.Uri.file(compare.location.folder));
    return location && { kind: 'model', location };
  }

  /** Whether to go on: with the link's model, or with the open one when the person prefers that. */
  async #openModel(wanted: ModelLocation): Promise<boolean> {
    const { engine, choice } = this.#options;
    if (isSame(choice.location(), wanted)) return true;
    if (wanted.kind === 'folder' && !isAbsolute(wanted.folder)) {
      throw fail('link-unreadable', { where: 'model' });
    }
    const name = nameOf(wanted);
    const [open, keep] = [t('sharing.openModel'), t('sharing.keepModel')];
    // What a workspace that is not trusted wants opened is not opened.
    const mayOpen = wanted.kind === 'builtin' || vscode.workspace.isTrusted;
    const chosen = await vscode.window.showWarningMessage(
      t('sharing.otherModel', { name }),
      { modal: true },
      ...(mayOpen ? [open] : []),
      keep,
    );
    if (chosen === keep) return true;
    if (chosen !== open) return false;
    if (wanted.kind === 'folder') await choice.openFolder(engine, vscode.Uri.file(wanted.folder));
    else if (wanted.model === 'tiny') await choice.useTiny(engine);
    else await choice.useBuiltIn(engine);
    return isSame(choice.location(), wanted);
  }
}

/** The text of a link with its document, or alone where that is not to be had; undefined when the person refuses. */
async function promptOfLink({ text, source, digest }: InspectorLink): Promise<Prompt | undefined> {
  const alone = text === undefined ? undefined : { text, source: undefined };
  if (source === undefined) return alone;
  const document = await documentOf(source, alone ? 'text' : 'nothing');
  if (document === undefined) return alone;
  const end = Math.min(source.end, lengthOf(document));
  const prompt = promptOf(document, { start: Math.min(source.start, end), end });
  const isSameText = text === undefined ? digestOf(prompt.text) === digest : prompt.text === text;
  if (isSameText) {
    await vscode.window.showTextDocument(document, { preview: true });
    return prompt;
  }
  if (alone === undefined) throw fail('link-text-changed', { file: document.fileName });
  return alone;
}

/** The document when it is open or in the workspace, or when the person agrees; undefined when it is not to be read. */
async function documentOf(
  { uri }: LinkedSource,
  otherwise: 'text' | 'nothing',
): Promise<vscode.TextDocument | undefined> {
  const known = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri);
  if (known !== undefined) return known;
  const target = vscode.Uri.parse(uri);
  const isInside = vscode.workspace.getWorkspaceFolder(target) !== undefined;
  const isFile = target.scheme === 'file' || target.scheme === 'vscode-remote';
  if (!isInside && otherwise === 'text') return undefined;
  if (!isInside && !isFile) throw fail('link-unreadable', { where: 'file' });
  if (!isInside && !(await agreesToRead(target))) return undefined;
  try {
    return await vscode.workspace.openTextDocument(target);
  } catch (error) {
    if (otherwise === 'text') return undefined;
    throw error;
  }
}

async function agreesToRead(uri: vscode.Uri): Promise<boolean> {
  const open = t('sharing.openFile');
  const question = t('sharing.outside', { file: uri.fsPath });
  return (await vscode.window.showWarningMessage(question, { modal: true }, open)) === open;
}

function nameOf(model: ModelLocation): string {
  if (model.kind === 'folder') return model.folder;
  return t(model.model === undefined ? 'model.builtin' : 'model.tiny');
}

function isSame(a: ModelLocation, b: ModelLocation): boolean {
  if (a.kind === 'folder' || b.kind === 'folder') {
    return a.kind === 'folder' && b.kind === 'folder' && a.folder === b.folder;
  }
  return a.model === b.model;
}
