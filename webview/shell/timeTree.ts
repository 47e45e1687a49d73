/** The timings of a run as a tree: the whole run, its steps, their blocks, the operations of each. */
import type { Operation, TimedStep, Timings } from '../../src/protocol/timings';

export interface TimeNode {
  readonly kind: 'run' | 'step' | 'block' | 'operation' | 'between';
  /** Where it stands: step, block, operation, as far as they are told apart here. */
  readonly step?: TimedStep;
  readonly block?: number;
  readonly operation?: Operation;
  /** Depth: 0 for the run, 1 for steps, 2 for blocks, 3 for operations. */
  readonly level: 0 | 1 | 2 | 3;
  /** Where it begins when the run is as long as `ms`: parts stand side by side by their sum, not by the clock. */
  readonly startMs: number;
  readonly ms: number;
  /** Sums over the operations in it. */
  readonly flops: number;
  readonly bytes: number;
  readonly calls: number;
  readonly children: readonly TimeNode[];
}

const order: readonly TimedStep[] = ['embed', 'attend', 'feedforward', 'predict'];

/** The children of every node add up to it; what is in no operation is a part of the run of its own. */
export function timeTree(timings: Timings): TimeNode {
  const steps: TimeNode[] = [];
  let startMs = 0;
  const push = (node: TimeNode): void => {
    steps.push(node);
    startMs += node.ms;
  };
  for (const step of order) {
    const of = timings.operations.filter((each) => each.step === step);
    if (of.length > 0) push(stepNode(step, of, startMs));
  }
  const rest = Math.max(0, timings.ms - startMs);
  push({ ...empty, kind: 'between', level: 1, startMs, ms: rest });
  return { ...total(steps), kind: 'run', level: 0, startMs: 0, ms: timings.ms, children: steps };
}

const empty = { flops: 0, bytes: 0, calls: 0, children: [] };

type Timed = Timings['operations'][number];

/** A step that runs in blocks has them between itself and its operations. */
function stepNode(step: TimedStep, timed: readonly Timed[], startMs: number): TimeNode {
  const blocks = [...new Set(timed.map(({ block }) => block))];
  if (blocks.every((block) => block === undefined)) {
    const children = operationNodes({ step }, timed, startMs);
    return { ...total(children), kind: 'step', step, level: 1, startMs, children };
  }
  const children: TimeNode[] = [];
  let at = startMs;
  for (const block of blocks) {
    const place = block === undefined ? { step } : { step, block };
    const inside = operationNodes(
      place,
      timed.filter((each) => each.block === block),
      at,
    );
    const node: TimeNode = {
      ...total(inside),
      ...place,
      kind: 'block',
      level: 2,
      startMs: at,
      children: inside,
    };
    children.push(node);
    at += node.ms;
  }
  return { ...total(children), kind: 'step', step, level: 1, startMs, children };
}

/** Operations of one name as one node, the longest first. */
function operationNodes(
  place: Pick<TimeNode, 'step' | 'block'>,
  timed: readonly Timed[],
  startMs: number,
): TimeNode[] {
  const sums = new Map<Operation, { ms: number; flops: number; bytes: number; calls: number }>();
  for (const { operation, ms, flops, bytes } of timed) {
    const sum = sums.get(operation) ?? { ms: 0, flops: 0, bytes: 0, calls: 0 };
    sums.set(operation, {
      ms: sum.ms + ms,
      flops: sum.flops + flops,
      bytes: sum.bytes + bytes,
      calls: sum.calls + 1,
    });
  }
  let at = startMs;
  return [...sums]
    .sort(([, a], [, b]) => b.ms - a.ms)
    .map(([operation, sum]) => {
      const node: TimeNode = {
        ...{ ...place, ...sum, operation },
        ...{ kind: 'operation', level: 3, startMs: at, children: [] },
      };
      at += sum.ms;
      return node;
    });
}

function total(nodes: readonly TimeNode[]): Pick<TimeNode, 'ms' | 'flops' | 'bytes' | 'calls'> {
  const sum = (of: (node: TimeNode) => number): number =>
    nodes.reduce((all, node) => all + of(node), 0);
  return {
    ms: sum(({ ms }) => ms),
    flops: sum(({ flops }) => flops),
    bytes: sum(({ bytes }) => bytes),
    calls: sum(({ calls }) => calls),
  };
}

/** The node and all in it, each before its children. */
export function allNodes(node: TimeNode): TimeNode[] {
  return [node, ...node.children.flatMap(allNodes)];
}

/** The chain of children that leads to a node, as indices; empty for the run itself. */
export type TimePath = readonly number[];

/** The node at the end of a path, or the last one that there is on it. */
export function nodeAt(root: TimeNode, path: TimePath): TimeNode {
  let node = root;
  for (const index of path) {
    const next = node.children[index];
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

/** Where an arrow key leads: up to the whole, down to the longest part, left and right among parts. */
export function movedPath(root: TimeNode, path: TimePath, key: string): TimePath | undefined {
  const last = path.at(-1);
  switch (key) {
    case 'ArrowUp':
      return path.slice(0, -1);
    case 'ArrowDown': {
      const { children } = nodeAt(root, path);
      if (children.length === 0) return path;
      const longest = children.reduce((best, { ms }, index) => {
        return ms > (children[best]?.ms ?? 0) ? index : best;
      }, 0);
      return [...path, longest];
    }
    case 'ArrowLeft':
    case 'ArrowRight': {
      if (last === undefined) return path;
      const parent = nodeAt(root, path.slice(0, -1));
      const to = last + (key === 'ArrowLeft' ? -1 : 1);
      return parent.children[to] === undefined ? path : [...path.slice(0, -1), to];
    }
    default:
      return undefined;
  }
}
