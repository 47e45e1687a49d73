/**
 * Everything that can go wrong in a way a person must be told of: a code and the facts, never a sentence.
 * The sentences are in `media/l10n/failures.*.json`, one per code, with the details as `{name}` placeholders.
 */
export interface FailureDetails {
  cancelled: Record<never, never>;
  'engine-stopped': Record<never, never>;
  'engine-crashed': { why: string };
  'no-model': Record<never, never>;
  'out-of-memory': { bytes: number };
  unexpected: { why: string };

  'folder-not-found': { folder: string };
  'file-missing': { file: string; folder: string };
  'file-unreadable': { file: string; why: string };
  'file-unwritable': { file: string; why: string };
  'file-too-large': { file: string; bytes: number; limitBytes: number };
  'json-malformed': { file: string; why: string };

  'config-unsupported': { file: string; field: string; value: string };
  'config-invalid': { file: string; field: string; why: ConfigFault };
  'safetensors-malformed': { file: string; why: SafetensorsFault; tensor: string };
  'tensor-missing': { tensor: string };
  'tensor-shape': { tensor: string; expected: string; actual: string };
  'tensor-type': { tensor: string; type: string };
  'tensor-not-finite': { tensor: string; index: number; value: string };
  'index-inconsistent': { file: string; tensor: string };
  'vocabulary-mismatch': { tokenizer: number; embedding: number };
  'tokenizer-malformed': { file: string; what: string };
  'tokenizer-unsupported': { file: string; what: string };
  'tokenizer-missing': { folder: string };

  'chat-template-missing': { model: string };
  'chat-template-broken': { file: string; line: number; why: string };
  'chat-template-refused': { file: string; why: string };
  'conversation-unfinished': Record<never, never>;
  'record-malformed': { file: string; where: string };
  'record-newer': { file: string; version: number; known: number };
  'record-differs': { token: number; expected: number; made: number };
  'nothing-generated': Record<never, never>;
  'edit-refused': { file: string };
  'link-unreadable': { where: string };
  'link-text-changed': { file: string };
  'link-too-long': { characters: number; limit: number };
  'text-unknown': { name: string };
  'text-empty': Record<never, never>;
  'text-too-large': { characters: number; limit: number };
  'id-out-of-range': { id: string; vocabulary: number };
  'run-unknown': Record<never, never>;
  'activation-unknown': { name: string };
  'array-too-large': { bytes: number; limitBytes: number };
  'trace-too-large': { bytes: number; limitBytes: number };
  'verify-difference': { name: string; device: string; difference: string; allowed: string };
  'file-not-text': { file: string };
  'corpus-too-short': { tokens: number; needed: number };
  'vocabulary-too-large': { wanted: number; possible: number };
  'training-diverged': { step: number; loss: string; best: string };
  'checkpoint-foreign': { file: string };
  'folder-taken': { folder: string };
  'lab-run-unknown': Record<never, never>;
  'lab-run-busy': Record<never, never>;
  'snapshot-unknown': { step: string };
  'experiment-invalid': { file: string; why: string };
  'experiment-unfinished': Record<never, never>;
  'setting-invalid': { name: string; value: string; allowed: string };
  'search-no-id': { typed: string };
  'search-no-bytes': { typed: string };
  'search-no-expression': { typed: string; why: string };
  'search-too-slow': { typed: string; seconds: number };
  'device-unavailable': { device: string; why: string };
  'device-lost': { device: string; why: string };
}

/** What exactly is wrong with a safetensors file. */
export type SafetensorsFault =
  | 'too-short'
  | 'header-too-large'
  | 'header-beyond-file'
  | 'header-not-json'
  | 'header-not-object'
  | 'entry-invalid'
  | 'name-duplicate'
  | 'offsets-out-of-range'
  | 'offsets-overlap'
  | 'offsets-gap'
  | 'size-mismatch'
  | 'data-truncated';

/** What exactly is wrong with a number of a model's config. */
export type ConfigFault =
  | 'missing'
  | 'not-a-number'
  | 'not-whole'
  | 'too-small'
  | 'too-large'
  | 'not-divisible'
  | 'not-an-object'
  | 'wrong-type';

export type FailureCode = keyof FailureDetails;

export type Failure = {
  [Code in FailureCode]: { readonly code: Code; readonly details: FailureDetails[Code] };
}[FailureCode];

/** The one error class that crosses walls. Its message is for logs; people read the translated failure. */
export class TokenscopeError extends Error {
  override readonly name = 'TokenscopeError';
  constructor(readonly failure: Failure) {
    super(`${failure.code} ${JSON.stringify(failure.details)}`);
  }
}

/** Makes an error to throw: `throw fail('file-missing', { file, folder })`. */
export function fail<Code extends FailureCode>(
  code: Code,
  details: FailureDetails[Code],
): TokenscopeError {
  return new TokenscopeError({ code, details } as Failure);
}

/** The failure inside any thrown value; what is not ours becomes `unexpected` with its own message. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof TokenscopeError) return thrown.failure;
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'unexpected', details: { why } };
}
