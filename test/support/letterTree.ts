// A tree of pieces that are letters, which needs no engine.
import { TokenTree } from '../../src/extension/generation/tokenTree';
import type { TreeNode } from '../../src/extension/generation/tokenTree';
import { Vocabulary } from '../../src/extension/tokens/vocabulary';
import type { GeneratedToken } from '../../src/protocol/engineApi';
import { fail } from '../../src/protocol/failures';
import { greedySampling } from '../../src/protocol/sampling';

const settings = {
  sampling: greedySampling,
  stop: { maxTokens: 100, stopStrings: [] },
};

/** A token as far as these tests look at one. */
function token(id: number): GeneratedToken {
  return {
    id,
    probability: 1,
    rank: 1,
    draw: undefined,
    interval: undefined,
    logit: 0,
    surprisalBits: 0,
    entropyBits: 0,
    top: [],
    stopped: undefined,
    cache: { kept: 0, computed: 0, dropped: 0 },
    ms: 0,
    device: 'reference',
  };
}

export function emptyTree(): TokenTree {
  const engine = {
    step: () => Promise.reject(fail('no-model', {})),
    steps: () => Promise.reject(fail('no-model', {})),
    predict: () => Promise.reject(fail('no-model', {})),
  };
  const vocabulary = new Vocabulary({
    bytes: new Uint8Array(),
    offsets: Uint32Array.of(0),
    special: [],
  });
  return new TokenTree({ engine, vocabulary, prompt: Int32Array.of(1), eol: '\n' });
}

/** Pieces of the text `a`, `b`, …, by their ids. */
export function child(tree: TokenTree, parent: TreeNode, id: number): TreeNode {
  const piece = { tokens: [token(id)], text: String.fromCodePoint(97 + id), stopped: undefined };
  return tree.adopt(parent, { piece, settings });
}
