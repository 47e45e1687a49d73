/**
 * Beam search, to be looked at: the few most probable lines are carried on together, token by token, and what falls
 * behind is dropped. The sums are those of the model itself, at temperature 1 and with nothing cut.
 */
import { fail } from '../../protocol/failures';
import { statisticsOf } from './branches';
import type { StepSettings } from './piece';
import type { TokenTree, TreeNode } from './tokenTree';

export interface BeamRequest {
  readonly tree: TokenTree;
  readonly from: TreeNode;
  readonly width: number;
  readonly steps: number;
  readonly stop: StepSettings['stop'];
  /** The beams after each step, most probable first. */
  readonly onStep: (beams: readonly TreeNode[], step: number) => void;
}

const natural = { temperature: 1, topK: 0, topP: 1, seed: 1 };

export async function searchBeams(
  request: BeamRequest,
  signal: AbortSignal,
): Promise<readonly TreeNode[]> {
  let beams: readonly TreeNode[] = [request.from];
  for (let step = 1; step <= request.steps; step++) {
    const grown = await Promise.all(beams.map((beam) => successors(beam, request, signal)));
    if (signal.aborted) throw fail('cancelled', {});
    const all = [...new Set(grown.flat())];
    beams = all.sort((a, b) => logProbability(b) - logProbability(a)).slice(0, request.width);
    request.onStep(beams, step);
    if (beams.every(hasEnded)) break;
  }
  return beams;
}

/** A finished line competes as it is. */
async function successors(
  beam: TreeNode,
  { tree, width, stop }: BeamRequest,
  signal: AbortSignal,
): Promise<readonly TreeNode[]> {
  if (hasEnded(beam)) return [beam];
  const { ids } = await tree.predict(beam, { sampling: natural, rows: width }, signal);
  const grown: TreeNode[] = [];
  for (const choice of ids) {
    const settings = { sampling: natural, stop };
    const node = await tree.choose(beam, { choice, settings }, signal);
    if (node !== undefined) grown.push(node);
  }
  return grown.length > 0 ? grown : [beam];
}

function logProbability(node: TreeNode): number {
  return statisticsOf(node).logProbability;
}

function hasEnded({ piece }: TreeNode): boolean {
  return piece.stopped !== undefined;
}
