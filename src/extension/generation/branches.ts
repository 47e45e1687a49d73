/** The branches of a tree of tokens: a line of pieces that stood in the text, and what forks off from it. */
import type { TreeNode } from './tokenTree';

export interface Branch {
  /** The last piece of the branch. */
  readonly leaf: TreeNode;
  /** The last piece that it shares with the branch it forks off from; the root for the first. */
  readonly fork: TreeNode;
  readonly forks: readonly Branch[];
}

export interface BranchStatistics {
  readonly tokens: number;
  /** ln of the probability that the model itself gives the generated tokens: temperature 1, nothing cut. */
  readonly logProbability: number;
  /** exp(−logProbability ÷ tokens). */
  readonly perplexity: number;
}

/** The first branch with all others in it; undefined while nothing has been written. */
export function branchesOf(root: TreeNode): Branch | undefined {
  const [first] = written(root);
  return first === undefined ? undefined : branchFrom(root, first);
}

export function statisticsOf(leaf: TreeNode): BranchStatistics {
  const { tokens } = leaf;
  const bits = tokens.reduce((sum, { surprisalBits }) => sum + surprisalBits, 0);
  const logProbability = -bits * Math.LN2;
  return {
    tokens: tokens.length,
    logProbability,
    perplexity: Math.exp(-logProbability / tokens.length),
  };
}

/** All branches, each before those that fork off from it. */
export function flattened(branch: Branch | undefined): Branch[] {
  return branch === undefined ? [] : [branch, ...branch.forks.flatMap(flattened)];
}

function branchFrom(fork: TreeNode, first: TreeNode): Branch {
  const forks: Branch[] = [];
  const others = (parent: TreeNode, taken: TreeNode): void => {
    for (const child of written(parent)) {
      if (child !== taken) forks.push(branchFrom(parent, child));
    }
  };
  let leaf = first;
  if (fork.parent === undefined && written(fork)[0] === first) others(fork, first);
  for (let next = written(leaf)[0]; next !== undefined; next = written(leaf)[0]) {
    others(leaf, next);
    leaf = next;
  }
  return { leaf, fork, forks };
}

function written(node: TreeNode): readonly TreeNode[] {
  return node.children.filter((child) => child.wasWritten);
}
