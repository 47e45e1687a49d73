import type { EncodingName } from '../../protocol/encodings';
import type { SpecialTokens } from '../../protocol/tokenizers';
import type { ByteSource } from '../files/byteSource';
import { AddedTokens } from './addedTokens';
import { ByteLevelBpe } from './byteLevelBpe';
import { Cl100kSplitter } from './cl100kSplitter';
import { readEncodingTable } from './encodingTable';
import { Gpt2Splitter } from './gpt2Splitter';
import { JoinTable } from './joinTable';
import { O200kSplitter } from './o200kSplitter';
import type { Splitter } from './splitter';
import type { Tokenizer } from './tokenizer';

/** Opens the table of an encoding by the name of its file. */
export type OpenRanks = (file: string) => Promise<ByteSource>;

/** A built-in encoding. Throws `file-unreadable` where its table is not there or cut short. */
export async function openEncoding(
  name: EncodingName,
  specialTokens: SpecialTokens,
  open: OpenRanks,
): Promise<Tokenizer> {
  const encoding = encodings[name];
  const source = await open(encoding.file);
  try {
    const bytes = await source.read(0, source.size);
    return new ByteLevelBpe(partsOf({ ...encoding, bytes, name }, specialTokens));
  } finally {
    await source.close();
  }
}

interface Encoding {
  readonly file: string;
  /** How many ids the file gives bytes, or leaves free for a special token. */
  readonly ranks: number;
  readonly specials: ReadonlyMap<string, number>;
  readonly splitter: () => Splitter;
}

const endOfText = '<|endoftext|>';
const endOfPrompt = '<|endofprompt|>';

/** p50k_base begins with all of r50k_base. */
const r50k: Encoding = {
  file: 'p50k_base.ranks',
  ranks: 50_256,
  specials: new Map([[endOfText, 50_256]]),
  splitter: () => new Gpt2Splitter(),
};

const o200k: Encoding = {
  file: 'o200k_base.ranks',
  ranks: 199_998,
  specials: new Map([
    [endOfText, 199_999],
    [endOfPrompt, 200_018],
  ]),
  splitter: () => new O200kSplitter(),
};

/** Source of sizes and special tokens: openai/tiktoken, tiktoken_ext/openai_public.py. */
const encodings: Readonly<Record<EncodingName, Encoding>> = {
  gpt2: r50k,
  r50k_base: r50k,
  p50k_base: { ...r50k, ranks: 50_281 },
  cl100k_base: {
    file: 'cl100k_base.ranks',
    ranks: 100_256,
    specials: new Map([
      [endOfText, 100_257],
      ['<|fim_prefix|>', 100_258],
      ['<|fim_middle|>', 100_259],
      ['<|fim_suffix|>', 100_260],
      [endOfPrompt, 100_276],
    ]),
    splitter: () => new Cl100kSplitter(),
  },
  o200k_base: o200k,
  o200k_harmony: { ...o200k, specials: harmonySpecials() },
};

/** 200018 has two names: the one it is reserved by, and that of o200k_base. */
function harmonySpecials(): ReadonlyMap<string, number> {
  const named = new Map([
    [199_998, 'startoftext'],
    [199_999, 'endoftext'],
    [200_002, 'return'],
    [200_003, 'constrain'],
    [200_005, 'channel'],
    [200_006, 'start'],
    [200_007, 'end'],
    [200_008, 'message'],
    [200_012, 'call'],
  ]);
  const specials = new Map<string, number>();
  for (let id = 199_998; id < 201_088; id++) {
    specials.set(`<|${named.get(id) ?? `reserved_${id}`}|>`, id);
  }
  return specials.set(endOfPrompt, 200_018);
}

function partsOf(
  encoding: Encoding & { readonly bytes: Uint8Array; readonly name: string },
  specialTokens: SpecialTokens,
): ConstructorParameters<typeof ByteLevelBpe>[0] {
  const { name, bytes, file, ranks, specials } = encoding;
  const vocabulary = readEncodingTable({ name: file, bytes }, ranks, specials);
  const rules = new JoinTable(vocabulary);
  const found = Array.from(specialTokens === 'recognised' ? specials : [], ([content, id]) => {
    return { ...plain, content, id };
  });
  return {
    file: name,
    vocabulary,
    added: new AddedTokens(found),
    splitter: encoding.splitter(),
    rules,
    byteIds: Int32Array.from({ length: 256 }, (_, byte) => rules.idOf(Uint8Array.of(byte))),
    wholePiece: (piece) => rules.idOf(piece),
  };
}

const plain = {
  special: true,
  singleWord: false,
  stripLeft: false,
  stripRight: false,
  normalized: false,
};
