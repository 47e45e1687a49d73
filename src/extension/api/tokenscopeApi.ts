/**
 * What Tokenscope offers other extensions. The built extension carries this file as `dist/api.d.ts`. Copy it, then:
 *
 *     const extension = vscode.extensions.getExtension<TokenscopeApi>('tokenscope.tokenscope');
 *     const tokenscope = await extension?.activate();
 *     if (tokenscope?.version === 1) console.log(await tokenscope.count('Once upon a time'));
 *
 * The first call starts the engine in a worker thread and loads the model that the person chose. Nothing leaves the
 * machine. Every method rejects with an `Error` whose `name` is `TokenscopeError` and whose `failure.code` says what went
 * wrong, `cancelled` among others. Arrays in answers belong to the caller.
 */
export interface TokenscopeApi {
  /** Raised when something here changes so that callers must change too. */
  readonly version: 1;

  /** Tokens of a text of any size. */
  tokenize(text: string, options?: TextOptions): Promise<Tokens>;

  /** Number of tokens of a text of any size. */
  count(text: string, options?: TextOptions): Promise<number>;

  /** One forward pass of the open model over the last tokens of the text that fit its context. */
  trace(text: string, options?: RequestOptions): Promise<Trace>;

  /** What the open model expects after the text. */
  nextTokens(text: string, options?: NextTokensOptions): Promise<NextTokens>;
}

export interface RequestOptions {
  /** Takes the request back: it then rejects with the failure `cancelled`. */
  readonly signal?: AbortSignal;
}

export interface TextOptions extends RequestOptions {
  /**
   * `model` for the open model's own (the default), `gpt2`, `r50k_base`, `p50k_base`, `cl100k_base`, `o200k_base`,
   * `o200k_harmony`, or the absolute path of a tokenizer.json or of a folder with one.
   */
  readonly tokenizer?: string;
}

/** Columns of equal length: entry n is token n. Offsets `starts` and `ends` are UTF-16 code units of the text. */
export interface Tokens {
  readonly ids: Int32Array;
  /** [start, end) is the smallest range of whole characters that holds the token's bytes. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** [byteStart, byteEnd) of the token in the text's UTF-8. */
  readonly byteStarts: Uint32Array;
  readonly byteEnds: Uint32Array;
}

export interface Trace {
  /** The ids that went through the model. */
  readonly ids: Int32Array;
  /** How many tokens at the start of the text did not fit the context. */
  readonly dropped: number;
  /** −log₂ of the probability the model gave each token, in bits; NaN for the first, which nothing stands before. */
  readonly surprisalBits: Float32Array;
  /** Rank of each token among the predictions for its place, 1 for the most expected; 0 for the first. */
  readonly ranks: Int32Array;
  /**
   * All activations as the bytes of a safetensors file, named and shaped as in TransformerLens
   * (`blocks.0.attn.pattern` [head, query, key]). Computed when it is called, for as long as the engine remembers the
   * pass: at least until a hundred others were made or another model was opened.
   */
  activations(options?: RequestOptions): Promise<Uint8Array>;
}

export interface NextTokensOptions extends RequestOptions {
  /** How many of the most likely, 1 to 1000; default 10. */
  readonly count?: number;
  /** Divisor of the logits, above 0 and up to 10; default 1. */
  readonly temperature?: number;
}

export interface NextTokens {
  /** Most likely first. */
  readonly tokens: readonly NextToken[];
  /** Entropy of the distribution over the whole vocabulary, in bits. */
  readonly entropyBits: number;
  /** How many tokens at the start of the text did not fit the context. */
  readonly dropped: number;
}

export interface NextToken {
  readonly id: number;
  /** The token's bytes read as UTF-8; bytes that are no whole character are U+FFFD. */
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly logit: number;
  /** In [0, 1], over the whole vocabulary. */
  readonly probability: number;
}
