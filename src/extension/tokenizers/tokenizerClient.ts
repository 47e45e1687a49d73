/** The engine's answers that depend on a tokenizer, asked with one that is chosen once. */
import type { CallOptions, EngineClient } from '../../protocol/engineApi';
import type { TokenizerChoice } from '../../protocol/tokenizers';

type Reading =
  | 'vocabulary'
  | 'tokenOrigins'
  | 'tokenizerInfo'
  | 'tokenize'
  | 'tokenizeWindow'
  | 'countTokens'
  | 'merges';

export type TokenizerClient = {
  [Method in Reading]: (
    request: Omit<Parameters<EngineClient[Method]>[0], 'tokenizer'>,
    options?: CallOptions,
  ) => ReturnType<EngineClient[Method]>;
};

/** `choice` is asked for at every request, so that a client may outlive a change of it. */
export function tokenizerClient(
  client: Pick<EngineClient, Reading>,
  choice: () => TokenizerChoice,
): TokenizerClient {
  return {
    vocabulary: (request, options) =>
      client.vocabulary({ ...request, tokenizer: choice() }, options),
    tokenOrigins: (request, options) =>
      client.tokenOrigins({ ...request, tokenizer: choice() }, options),
    tokenizerInfo: (request, options) =>
      client.tokenizerInfo({ ...request, tokenizer: choice() }, options),
    tokenize: (request, options) => client.tokenize({ ...request, tokenizer: choice() }, options),
    tokenizeWindow: (request, options) =>
      client.tokenizeWindow({ ...request, tokenizer: choice() }, options),
    countTokens: (request, options) =>
      client.countTokens({ ...request, tokenizer: choice() }, options),
    merges: (request, options) => client.merges({ ...request, tokenizer: choice() }, options),
  };
}
