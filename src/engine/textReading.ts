import type { CallOptions, ClientOf } from '../protocol/engineApi';
import { fail } from '../protocol/failures';
import type { ReadingApi } from '../protocol/readingApi';
import { ownTokenizer, type TokenizerChoice } from '../protocol/tokenizers';
import type { OpenModel } from './openModel';
import { OpenTokenizers, type TokenizerFiles } from './openTokenizers';
import { Texts } from './texts/texts';
import type { Tokenizer } from './tokenizer/tokenizer';
import { tokenOrigins } from './tokenOrigins';
import { compareTokenizers, countTokens, merges, tokenize, tokenizeWindow } from './tokenizing';
import type { Work } from './work';

/** What reading texts needs of the engine that it is a part of. */
export interface ReadingParts {
  readonly files: TokenizerFiles;
  readonly work: (options: CallOptions | undefined, report?: Work['onProgress']) => Work;
  /** Answers from the open model, which stays whole until then. Rejects with `no-model`. */
  readonly withModel: <Result>(
    options: CallOptions | undefined,
    answer: (model: OpenModel, work: Work) => Promise<Result>,
    report?: Work['onProgress'],
  ) => Promise<Result>;
  /** Shows the engine as busy meanwhile, if it has a model that could be. */
  readonly whileBusy: <Result>(
    work: (report?: Work['onProgress']) => Promise<Result>,
  ) => Promise<Result>;
}

type Answer<Method extends keyof ReadingApi> = ReturnType<ReadingApi[Method]>;
type Request<Method extends keyof ReadingApi> = Parameters<ReadingApi[Method]>[0];

/** Texts from this length on make the engine visibly busy. */
const longText = 100_000;

/** Everything that can be asked about texts and tokenizers without running a model. */
export class TextReading implements ClientOf<ReadingApi> {
  readonly #parts: ReadingParts;
  readonly #tokenizers: OpenTokenizers;
  readonly #texts = new Texts();

  constructor(parts: ReadingParts) {
    this.#parts = parts;
    this.#tokenizers = new OpenTokenizers(parts.files);
  }

  vocabulary(request: Request<'vocabulary'>, options?: CallOptions): Answer<'vocabulary'> {
    return this.#withTokenizer(request, options, ({ vocabulary }) => {
      const { bytes, offsets, special } = vocabulary;
      return Promise.resolve({ bytes: bytes.slice(), offsets: offsets.slice(), special });
    });
  }

  tokenOrigins(request: Request<'tokenOrigins'>, options?: CallOptions): Answer<'tokenOrigins'> {
    return this.#withTokenizer(request, options, tokenOrigins);
  }

  tokenizerInfo(request: Request<'tokenizerInfo'>, options?: CallOptions): Answer<'tokenizerInfo'> {
    return this.#withTokenizer(request, options, ({ kind, vocabulary }) =>
      Promise.resolve({
        kind,
        vocabulary: vocabulary.offsets.length - 1,
        special: vocabulary.special.length,
      }),
    );
  }

  tokenize(request: Request<'tokenize'>, options?: CallOptions): Answer<'tokenize'> {
    return this.#reading(request, options, (tokenizer, work) =>
      tokenize(tokenizer, request.text, work),
    );
  }

  tokenizeWindow(
    request: Request<'tokenizeWindow'>,
    options?: CallOptions,
  ): Answer<'tokenizeWindow'> {
    return this.#reading(request, options, (tokenizer, work) =>
      tokenizeWindow(tokenizer, request, work),
    );
  }

  countTokens(request: Request<'countTokens'>, options?: CallOptions): Answer<'countTokens'> {
    return this.#reading(request, options, (tokenizer, work) =>
      countTokens(tokenizer, request.text, work),
    );
  }

  putText(request: Request<'putText'>): Answer<'putText'> {
    return settled(() => {
      this.#texts.put(request, request.part, request.place);
    });
  }

  editText(request: Request<'editText'>): Answer<'editText'> {
    const { to: version, changes, length } = request;
    return settled(() => {
      this.#texts.edit(request, { version, changes, length });
    });
  }

  dropText(request: Request<'dropText'>): Answer<'dropText'> {
    return settled(() => {
      this.#texts.drop(request.name);
    });
  }

  textTokens(request: Request<'textTokens'>, options?: CallOptions): Answer<'textTokens'> {
    return this.#withTokenizer(request, options, (tokenizer, work) =>
      this.#texts.tokens(request, { ...request, tokenizer }, work),
    );
  }

  countText(request: Request<'countText'>, options?: CallOptions): Answer<'countText'> {
    return this.#withTokenizer(request, options, (tokenizer, work) =>
      this.#texts.count(request, tokenizer, work),
    );
  }

  compareTokenizers(
    request: Request<'compareTokenizers'>,
    options?: CallOptions,
  ): Answer<'compareTokenizers'> {
    return this.#reading(request, options, (first, work) =>
      this.#withTokenizer({ tokenizer: request.other }, options, (second) =>
        compareTokenizers(request.text, [first, second], work),
      ),
    );
  }

  merges(request: Request<'merges'>, options?: CallOptions): Answer<'merges'> {
    return this.#withTokenizer(request, options, (tokenizer) =>
      Promise.resolve(merges(tokenizer, request.text)),
    );
  }

  /** Answers with the tokenizer that is asked for; only the model's own needs an open model. */
  async #withTokenizer<Result>(
    asked: { readonly tokenizer?: TokenizerChoice; readonly report?: Work['onProgress'] },
    options: CallOptions | undefined,
    answer: (tokenizer: Tokenizer, work: Work) => Promise<Result>,
  ): Promise<Result> {
    const { tokenizer: choice = ownTokenizer, report } = asked;
    if (choice.source.kind === 'model') {
      const answerOfModel = async (model: OpenModel, work: Work): Promise<Result> =>
        answer(await this.#tokenizers.get(choice, () => model.tokenizer), work);
      return this.#parts.withModel(options, answerOfModel, report);
    }
    const work = this.#parts.work(options, report);
    await work.pace.pause();
    const tokenizer = await this.#tokenizers.get(choice, noModel);
    await work.pace.pause();
    return answer(tokenizer, work);
  }

  /** As `#withTokenizer`, with the engine shown as busy while it reads a long text. */
  #reading<Result>(
    request: { readonly text: string; readonly tokenizer?: TokenizerChoice },
    options: CallOptions | undefined,
    answer: (tokenizer: Tokenizer, work: Work) => Promise<Result>,
  ): Promise<Result> {
    if (request.text.length < longText) return this.#withTokenizer(request, options, answer);
    return this.#parts.whileBusy((report) =>
      this.#withTokenizer({ ...request, report }, options, answer),
    );
  }
}

/** What is done at once, its error told as an answer. Edits must not change places with one another, nor wait. */
function settled(work: () => void): Promise<void> {
  return new Promise((resolve) => {
    work();
    resolve();
  });
}

function noModel(): never {
  throw fail('no-model', {});
}
