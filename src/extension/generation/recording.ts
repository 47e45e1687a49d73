/** A session's tree as a record, and a record as a tree again. */
import type { GeneratedToken } from '../../protocol/engineApi';
import type {
  RecordedPiece,
  RecordedSettings,
  RecordedToken,
  SessionRecord,
} from '../../protocol/sessionRecord';
import type { LongWork } from '../progress';
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

/** How a record's tokens came out when they were made again. */
export interface Replayed {
  readonly tokens: number;
  /** Pieces that came out otherwise, as on another device. */
  readonly differing: number;
}

/**
 * Makes a record's pieces again in a tree of the same context, so that going forward shows them and all that is told of
 * them was computed here. Cancelled, what was made stays.
 */
export async function restore(
  tree: TokenTree,
  record: SessionRecord,
  { signal, report }: LongWork,
): Promise<Replayed> {
  const nodes: TreeNode[] = [];
  let tokens = 0;
  let differing = 0;
  for (const recorded of record.pieces) {
    const parent = recorded.parent < 0 ? tree.root : nodes[recorded.parent];
    const settings = record.settings[recorded.settings];
    // A record that was read has both; the compiler does not know.
    if (parent === undefined || settings === undefined) break;
    const { node, isSame } = await tree.remake(parent, { recorded, settings }, signal);
    node.wasWritten = true;
    node.name = recorded.name;
    nodes.push(node);
    tokens += recorded.tokens.length;
    if (!isSame) differing++;
    report(nodes.length / record.pieces.length);
  }
  for (const node of nodes[record.current]?.path ?? []) {
    if (node.parent !== undefined) node.parent.lastWritten = node;
  }
  return { tokens, differing };
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
