/** A session's tree as a record, and a record as a tree again. */
import type { GeneratedToken } from '../../protocol/engineApi';
import type {
  RecordedPiece,
  RecordedSettings,
  RecordedToken,
  SessionRecord,
} from '../../protocol/sessionRecord';
import type { DeviceName } from '../../protocol/devices';
import { nodesOf } from './tokenTree';
import type { TokenTree, TreeNode } from './tokenTree';

export type RecordHead = Pick<SessionRecord, 'model' | 'device' | 'context' | 'ended'>;

/** Everything of a tree that stood in the text at some time. */
export function recordOf(tree: TokenTree, head: RecordHead): SessionRecord {
  const settings: RecordedSettings[] = [];
  const places = new Map<TreeNode, number>();
  const pieces: RecordedPiece[] = [];
  for (const node of nodesOf(tree.root)) {
    if (node.settings === undefined || !node.wasWritten) continue;
    places.set(node, pieces.length);
    pieces.push({
      parent: node.parent === undefined ? -1 : (places.get(node.parent) ?? -1),
      settings: indexOf(node.settings, settings),
      text: node.piece.text,
      tokens: node.piece.tokens.map(recordedToken),
      ...(node.name === undefined ? {} : { name: node.name }),
    });
  }
  return {
    format: 'tokenscope-session',
    version: 1,
    ...head,
    contextIds: [...tree.prompt],
    settings,
    pieces,
    current: places.get(tree.cursor) ?? -1,
  };
}

/** One line for each piece and each setting: a person can read it, and a tool for differences can show what changed. */
export function recordText(record: SessionRecord): string {
  const members = Object.entries(record).map(([name, value]) => {
    const isList = name === 'pieces' || name === 'settings';
    if (!isList || !Array.isArray(value) || value.length === 0) {
      return `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`;
    }
    const items = value.map((item: unknown) => `    ${JSON.stringify(item)}`);
    return `  ${JSON.stringify(name)}: [\n${items.join(',\n')}\n  ]`;
  });
  return `{\n${members.join(',\n')}\n}\n`;
}

/**
 * Puts a record's pieces into a tree of the same context, so that going forward shows them again. What a record does not
 * hold, such as the alternatives, stays empty.
 */
export function restore(tree: TokenTree, record: SessionRecord): void {
  const device: DeviceName = record.device === 'reference' ? 'reference' : 'wasm';
  const nodes: TreeNode[] = [];
  for (const piece of record.pieces) {
    const parent = nodes[piece.parent] ?? tree.root;
    const settings = record.settings[piece.settings];
    if (settings === undefined) continue;
    const tokens = piece.tokens.map((token) => restoredToken(token, device));
    const made = { tokens, text: piece.text, stopped: undefined };
    const node = tree.adopt(parent, { piece: made, settings });
    node.wasWritten = true;
    node.name = piece.name;
    nodes.push(node);
  }
  for (const node of nodes[record.current]?.path ?? []) {
    if (node.parent !== undefined) node.parent.lastWritten = node;
  }
}

function indexOf(wanted: RecordedSettings, settings: RecordedSettings[]): number {
  const key = JSON.stringify(wanted);
  const known = settings.findIndex((other) => JSON.stringify(other) === key);
  return known < 0 ? settings.push(wanted) - 1 : known;
}

function recordedToken(token: GeneratedToken): RecordedToken {
  const { id, probability, rank, draw = null, surprisalBits, entropyBits, logit, chosen } = token;
  return {
    ...{ id, probability, rank, draw, surprisalBits, entropyBits, logit },
    ...(chosen === undefined ? {} : { chosen }),
  };
}

function restoredToken({ draw, ...token }: RecordedToken, device: DeviceName): GeneratedToken {
  return {
    ...token,
    draw: draw ?? undefined,
    interval: undefined,
    top: [],
    stopped: undefined,
    cache: { kept: 0, computed: 0, dropped: 0 },
    ms: 0,
    device,
  };
}
