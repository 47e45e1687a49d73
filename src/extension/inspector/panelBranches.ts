/** The lines of generation that a panel keeps beside the one it shows. Nothing that was generated is lost to a step back. */
import type { GeneratedToken } from '../../protocol/engineApi';
import type { Branch } from '../../protocol/panelApi';
import type { PanelSnapshot } from './panelSnapshot';

type Line = readonly GeneratedToken[];

/** More than anybody compares; the oldest without a name goes first. */
const mostBranches = 32;

export class PanelBranches {
  readonly #snapshot: PanelSnapshot;

  constructor(snapshot: PanelSnapshot) {
    this.#snapshot = snapshot;
  }

  get all(): readonly Branch[] {
    return this.#snapshot.state.generation.branches;
  }

  find(id: number): Branch | undefined {
    return this.all.find((branch) => branch.id === id);
  }

  /** Keeps the line up to the cursor under a name. */
  keep(name: string): void {
    const { tokens, cursor } = this.#snapshot.state.generation;
    this.#set([...this.all, { id: nextId(this.all), name, tokens: tokens.slice(0, cursor) }]);
  }

  name(id: number, name: string): void {
    this.#set(this.all.map((branch) => (branch.id === id ? { ...branch, name } : branch)));
  }

  drop(id: number): void {
    this.#set(this.all.filter((branch) => branch.id !== id));
  }

  /** Keeps the whole line, which is about to be left for another, and tells where. */
  leave(): Branch | undefined {
    const { tokens } = this.#snapshot.state.generation;
    this.#set(keeping(this.all, tokens));
    return tokens.length === 0
      ? undefined
      : this.all.find((branch) => isPrefix(tokens, branch.tokens));
  }

  /** The branches with what stands after the cursor, which is about to be dropped. */
  left(): readonly Branch[] {
    const { tokens, cursor } = this.#snapshot.state.generation;
    return cursor < tokens.length ? keeping(this.all, tokens) : this.all;
  }

  #set(branches: readonly Branch[]): void {
    this.#snapshot.setGeneration({ branches: limited(branches) });
  }
}

/** The branches that are not in the line on show anyway; those with a name stay. */
export function beside(branches: readonly Branch[], line: Line): readonly Branch[] {
  return branches.filter(({ name, tokens }) => name !== undefined || !isPrefix(tokens, line));
}

/** The branches with a line, unless one of them goes the same way. */
function keeping(branches: readonly Branch[], line: Line): readonly Branch[] {
  if (line.length === 0 || branches.some(({ tokens }) => isPrefix(line, tokens))) return branches;
  return limited([...branches, { id: nextId(branches), name: undefined, tokens: line }]);
}

function isPrefix(short: Line, long: Line): boolean {
  return short.length <= long.length && short.every(({ id }, at) => long[at]?.id === id);
}

function nextId(branches: readonly Branch[]): number {
  return Math.max(0, ...branches.map(({ id }) => id)) + 1;
}

function limited(branches: readonly Branch[]): readonly Branch[] {
  if (branches.length <= mostBranches) return branches;
  const oldest = branches.find(({ name }) => name === undefined) ?? branches[0];
  return branches.filter((branch) => branch !== oldest);
}
