/**
 * Everything that was generated after one context, as a tree: stepping back and choosing differently starts another
 * branch and forgets nothing. Pieces are made on demand and kept, so that going back and forth shows the same ones.
 */
import type { EngineClient, GeneratedToken } from '../../protocol/engineApi';
import type { Distribution, SamplingSettings } from '../../protocol/sampling';
import type { Vocabulary } from '../tokens/vocabulary';
import type { RecordedPiece } from '../../protocol/sessionRecord';
import { failureOf } from '../../protocol/failures';
import { idsAfter, makePiece, makePieces, remakePiece } from './piece';
import type { Piece, PiecesAtOnce, StepSettings } from './piece';

export interface TreeOptions {
  readonly engine: Pick<EngineClient, 'step' | 'steps' | 'predict'>;
  readonly vocabulary: Vocabulary;
  /** Ids of the context. */
  readonly prompt: Int32Array;
  /** How the document writes a line end. */
  readonly eol: string;
}

/** One piece after its parent's; the root stands for the context and has none. */
export class TreeNode {
  readonly parent: TreeNode | undefined;
  readonly piece: Piece;
  /** The settings that were in force when it was made. */
  readonly settings: StepSettings | undefined;
  /** What a document holds from the context to the end of this piece. */
  readonly text: string;
  /** Tokens from the context to the end of this piece. */
  readonly tokenCount: number;
  readonly children: TreeNode[] = [];
  /** Whether it has ever stood in the document; what was only offered is no branch. */
  wasWritten = false;
  /** The child that stood in the document last. */
  lastWritten: TreeNode | undefined;
  /** What a person called the branch that ends here. */
  name: string | undefined;

  constructor(
    parent: TreeNode | undefined,
    made: { readonly piece: Piece; readonly settings?: StepSettings; readonly eol: string },
  ) {
    this.parent = parent;
    this.piece = made.piece;
    this.settings = made.settings;
    this.text = (parent?.text ?? '') + inDocument(made.piece.text, made.eol);
    this.tokenCount = (parent?.tokenCount ?? 0) + made.piece.tokens.length;
  }

  /** From the first piece to this one; empty for the root. */
  get path(): readonly TreeNode[] {
    return [...this.#backwards()].reverse();
  }

  get tokens(): readonly GeneratedToken[] {
    return this.path.flatMap(({ piece }) => piece.tokens);
  }

  /** The last ids of the line, `count` of them or a few more; a long line is not gone through for them. */
  lastIds(count: number): readonly number[] {
    const pieces: number[][] = [];
    let found = 0;
    for (const { piece } of this.#backwards()) {
      pieces.push(piece.tokens.map(({ id }) => id));
      found += piece.tokens.length;
      if (found >= count) break;
    }
    return pieces.reverse().flat();
  }

  /** From this one to the first piece; in a loop: lines of ten thousand pieces are allowed. */
  *#backwards(): Generator<TreeNode> {
    let { parent } = this;
    if (parent !== undefined) yield this;
    for (; parent?.parent !== undefined; parent = parent.parent) yield parent;
  }
}

export class TokenTree {
  readonly root: TreeNode;
  readonly #options: TreeOptions;
  /** What the settings picked after a node, by node and settings; and those of them that are made. */
  readonly #picked = new WeakMap<TreeNode, Map<string, Promise<TreeNode>>>();
  readonly #made = new WeakMap<TreeNode, Map<string, TreeNode>>();
  #cursor: TreeNode;
  /** The node whose text is about to be written. */
  #expected: TreeNode | undefined;

  constructor(options: TreeOptions) {
    this.#options = options;
    const piece = { tokens: [], text: '', stopped: undefined };
    this.root = new TreeNode(undefined, { piece, eol: options.eol });
    this.#cursor = this.root;
  }

  /** The last piece that stands in the document. */
  get cursor(): TreeNode {
    return this.#cursor;
  }

  get prompt(): Int32Array {
    return this.#options.prompt;
  }

  /** The piece after `node`: the one that stood there last, or what the settings pick; undefined after an end. */
  async next(
    node: TreeNode,
    settings: StepSettings,
    signal: AbortSignal,
  ): Promise<TreeNode | undefined> {
    if (hasEnded(node, settings)) return undefined;
    const made = this.nextIfMade(node, settings);
    if (made !== undefined) return made;
    const picked = this.#picked.get(node)?.get(JSON.stringify(settings));
    if (picked === undefined) return this.#pick(node, settings, signal);
    try {
      return await picked;
    } catch (error) {
      // Whoever began to make it may have given it up.
      if (signal.aborted || failureOf(error).code !== 'cancelled') throw error;
      return this.#pick(node, settings, signal);
    }
  }

  /** The piece after `node` where nobody has to wait for it. */
  nextIfMade(node: TreeNode, settings: StepSettings): TreeNode | undefined {
    if (hasEnded(node, settings)) return undefined;
    const last = node.lastWritten;
    const key = JSON.stringify(settings);
    if (last !== undefined && JSON.stringify(last.settings) === key) return last;
    return this.#made.get(node)?.get(key);
  }

  /**
   * The next pieces one behind another, at least one: what is known already, else what the settings make, as many as asked
   * for `atOnce`. Empty after an end.
   */
  async nextOnes(
    node: TreeNode,
    { settings, atOnce }: { readonly settings: StepSettings; readonly atOnce: PiecesAtOnce },
    signal: AbortSignal,
  ): Promise<readonly TreeNode[]> {
    if (hasEnded(node, settings)) return [];
    const next = this.nextIfMade(node, settings);
    if (next !== undefined) return [next];
    const request = { ...settings, prompt: this.prompt, before: node.tokens, atOnce };
    const pieces = await makePieces(this.#options, request, signal);
    let parent = node;
    return pieces.map((piece) => {
      const made = this.adopt(parent, { piece, settings });
      this.#keepPicked(parent, settings, made);
      return (parent = made);
    });
  }

  /** The piece after `node` that begins with a token that a person chose. */
  async choose(
    node: TreeNode,
    { choice, settings }: { readonly choice: number; readonly settings: StepSettings },
    signal: AbortSignal,
  ): Promise<TreeNode | undefined> {
    if (hasEnded(node, settings)) return undefined;
    const known = node.children.find(({ piece }) => piece.tokens[0]?.id === choice);
    return known ?? this.#make(node, { settings, choice }, signal);
  }

  /** What could come after `node`, the `rows` most likely. */
  predict(
    node: TreeNode,
    { sampling, rows }: { readonly sampling: SamplingSettings; readonly rows: number },
    signal: AbortSignal,
  ): Promise<Distribution> {
    const ids = idsAfter(this.prompt, node.tokens);
    const request = { ids, sampling, step: node.tokenCount, rows };
    return this.#options.engine.predict(request, { signal });
  }

  /** Whether the cursor came where our own edit was to bring it. */
  get isAsExpected(): boolean {
    return this.#cursor === this.#expected;
  }

  /** Says which node the document will show after the next edit; texts alone may fit several. */
  expect(node: TreeNode | undefined): void {
    this.#expected = node;
  }

  /** Takes note of what stands after the context. False when nothing in the tree reads so; the cursor then stays. */
  locate(text: string): boolean {
    const likely = [this.#expected, ...[...this.#cursor.path].reverse(), this.root];
    const found =
      likely.find((node) => node?.text === text) ??
      nodesOf(this.root).find((node) => node.text === text);
    if (found === undefined) return false;
    this.#cursor = found;
    for (const node of found.path) {
      node.wasWritten = true;
      if (node.parent !== undefined) node.parent.lastWritten = node;
    }
    return true;
  }

  /** Makes a piece of a record again after `parent`; tells whether it came out as it was recorded. */
  async remake(
    parent: TreeNode,
    { recorded, settings }: { readonly recorded: RecordedPiece; readonly settings: StepSettings },
    signal: AbortSignal,
  ): Promise<{ readonly node: TreeNode; readonly isSame: boolean }> {
    const request = { ...settings, prompt: this.prompt, before: parent.tokens };
    const { piece, isSame } = await remakePiece(this.#options, { ...request, recorded }, signal);
    return { node: this.adopt(parent, { piece, settings }), isSame };
  }

  /** Takes a piece in; one of the same tokens that is there already stays. */
  adopt(
    parent: TreeNode,
    made: { readonly piece: Piece; readonly settings: StepSettings },
  ): TreeNode {
    const same = parent.children.find(({ piece }) => isSame(piece, made.piece));
    if (same !== undefined) return same;
    const node = new TreeNode(parent, { ...made, eol: this.#options.eol });
    parent.children.push(node);
    return node;
  }

  #pick(node: TreeNode, settings: StepSettings, signal: AbortSignal): Promise<TreeNode> {
    const key = JSON.stringify(settings);
    const made = this.#make(node, { settings, choice: undefined }, signal).then((child) => {
      this.#keepPicked(node, settings, child);
      return child;
    });
    const known = this.#picked.get(node) ?? new Map<string, Promise<TreeNode>>();
    this.#picked.set(node, known.set(key, made));
    made.catch(() => {
      if (known.get(key) === made) known.delete(key);
    });
    return made;
  }

  #keepPicked(node: TreeNode, settings: StepSettings, child: TreeNode): void {
    const made = this.#made.get(node) ?? new Map<string, TreeNode>();
    this.#made.set(node, made.set(JSON.stringify(settings), child));
  }

  async #make(
    parent: TreeNode,
    { settings, choice }: { readonly settings: StepSettings; readonly choice: number | undefined },
    signal: AbortSignal,
  ): Promise<TreeNode> {
    const request = { ...settings, prompt: this.prompt, before: parent.tokens, choice };
    const piece = await makePiece(this.#options, request, signal);
    return this.adopt(parent, { piece, settings });
  }
}

/** A node and all after it, branches last visited first. */
export function nodesOf(node: TreeNode): TreeNode[] {
  const found: TreeNode[] = [];
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    found.push(next);
    const { children, lastWritten } = next;
    waiting.push(...children.filter((child) => child !== lastWritten));
    if (lastWritten !== undefined) waiting.push(lastWritten);
  }
  return found;
}

/** A limit that was raised since is no end any more. */
function hasEnded(node: TreeNode, { stop }: StepSettings): boolean {
  if (node.tokenCount >= stop.maxTokens) return true;
  const { stopped } = node.piece;
  return stopped !== undefined && stopped !== 'length';
}

function isSame(one: Piece, other: Piece): boolean {
  const ids = (piece: Piece): string => piece.tokens.map(({ id }) => id).join(' ');
  return ids(one) === ids(other);
}

/** Text as a document holds it: every line end is written the document's way. */
function inDocument(text: string, eol: string): string {
  return text.replaceAll(/\r\n|\r|\n/g, eol);
}
