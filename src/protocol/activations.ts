import type { Axis } from './axes';

/**
 * The catalogue of everything a run can record. Types, hovers, heat-map labels and docs read from it.
 * Names and shapes are TransformerLens' without `hook_`; `*` stands for the block's number.
 */
export const activationCatalogue = {
  embed: {
    axes: ['T', 'C'],
    unit: 'residual',
    meaning: {
      en: "The token's own row of the embedding table.",
      ja: '埋め込み表から取り出した、そのトークンの行です。',
    },
  },
  pos_embed: {
    axes: ['T', 'C'],
    unit: 'residual',
    meaning: {
      en: "The position's row of the position table.",
      ja: '位置の表から取り出した、その位置の行です。',
    },
  },
  'blocks.*.resid_pre': {
    axes: ['T', 'C'],
    unit: 'residual',
    meaning: {
      en: 'The hidden state as the block receives it.',
      ja: 'ブロックに入る時点の隠れ状態です。',
    },
  },
  'blocks.*.ln1.normalized': {
    axes: ['T', 'C'],
    unit: 'normalized',
    meaning: {
      en: 'What attention reads: the hidden state after normalisation, weight and bias.',
      ja: 'アテンションが読む値です。隠れ状態を正規化し、重みとバイアスを適用してあります。',
    },
  },
  'blocks.*.attn.q': {
    axes: ['T', 'H', 'D'],
    unit: 'projection',
    meaning: {
      en: 'Queries: what each position looks for.',
      ja: 'クエリ：各位置が何を探すかを表します。',
    },
  },
  'blocks.*.attn.k': {
    axes: ['T', 'H', 'D'],
    unit: 'projection',
    meaning: {
      en: 'Keys: what each position answers to.',
      ja: 'キー：各位置がどんな問いに応えるかを表します。',
    },
  },
  'blocks.*.attn.v': {
    axes: ['T', 'H', 'D'],
    unit: 'projection',
    meaning: {
      en: 'Values: what each position hands over when it is attended to.',
      ja: 'バリュー：注目されたときに渡す中身です。',
    },
  },
  'blocks.*.attn.scores': {
    axes: ['H', 'Q', 'K'],
    unit: 'score',
    meaning: {
      en: 'Query times key over √D, before the mask. Later positions have a score here too.',
      ja: 'クエリとキーの内積を √D で割った値です。マスク前なので、後ろの位置にも値があります。',
    },
  },
  'blocks.*.attn.pattern': {
    axes: ['H', 'Q', 'K'],
    unit: 'probability',
    meaning: {
      en: 'Attention weights after mask and softmax: each row sums to 1, masked cells are exactly 0.',
      ja: 'マスクと softmax を通した重みです。各行の合計は 1、マスクされた位置はちょうど 0 です。',
    },
  },
  'blocks.*.attn.z': {
    axes: ['T', 'H', 'D'],
    unit: 'projection',
    meaning: {
      en: "The head's weighted sum of values.",
      ja: '重みをつけて足し合わせたバリューです。',
    },
  },
  'blocks.*.attn.result': {
    axes: ['T', 'H', 'C'],
    unit: 'residual',
    meaning: {
      en: 'What each head alone writes to the residual stream, before the output bias.',
      ja: '各ヘッドが単独で残差ストリームに書き込む分です（出力バイアスを足す前）。',
    },
  },
  'blocks.*.attn_out': {
    axes: ['T', 'C'],
    unit: 'residual',
    meaning: {
      en: 'What attention as a whole adds: all heads plus the output bias.',
      ja: 'アテンション全体が足し込む値です（全ヘッドの和と出力バイアス）。',
    },
  },
  'blocks.*.resid_mid': {
    axes: ['T', 'C'],
    unit: 'residual',
    meaning: {
      en: 'The hidden state between attention and feed-forward.',
      ja: 'アテンションとフィードフォワードの間の隠れ状態です。',
    },
  },
  'blocks.*.ln2.normalized': {
    axes: ['T', 'C'],
    unit: 'normalized',
    meaning: {
      en: 'What the feed-forward network reads.',
      ja: 'フィードフォワード層が読む値です。',
    },
  },
  'blocks.*.mlp.pre': {
    axes: ['T', 'F'],
    unit: 'preactivation',
    meaning: {
      en: 'Each neuron before the non-linearity.',
      ja: '非線形関数を通す前の、各ニューロンの値です。',
    },
  },
  'blocks.*.mlp.post': {
    axes: ['T', 'F'],
    unit: 'activation',
    meaning: {
      en: 'Each neuron after the non-linearity.',
      ja: '非線形関数を通した後の、各ニューロンの値です。',
    },
  },
  'blocks.*.mlp_out': {
    axes: ['T', 'C'],
    unit: 'residual',
    meaning: {
      en: 'What the feed-forward network adds to the hidden state.',
      ja: 'フィードフォワード層が足し込む値です。',
    },
  },
  'blocks.*.resid_post': {
    axes: ['T', 'C'],
    unit: 'residual',
    meaning: {
      en: 'The hidden state as the block leaves it.',
      ja: 'ブロックを出る時点の隠れ状態です。',
    },
  },
  'ln_final.normalized': {
    axes: ['T', 'C'],
    unit: 'normalized',
    meaning: {
      en: 'What the unembedding reads: the last hidden state after the final normalisation.',
      ja: '出力層が読む値です。最後の隠れ状態を正規化してあります。',
    },
  },
  logits: {
    axes: ['T', 'V'],
    unit: 'logit',
    meaning: {
      en: 'One score for every token of the vocabulary, at every position.',
      ja: '各位置での、語彙の全トークンに対するスコアです。',
    },
  },
} as const satisfies Record<string, ActivationEntry>;

export interface ActivationEntry {
  readonly axes: readonly Axis[];
  readonly unit:
    | 'residual'
    | 'normalized'
    | 'projection'
    | 'score'
    | 'probability'
    | 'preactivation'
    | 'activation'
    | 'logit';
  readonly meaning: { readonly en: string; readonly ja: string };
}

/** A name in the catalogue, with `*` for the block. */
export type ActivationPattern = keyof typeof activationCatalogue;
