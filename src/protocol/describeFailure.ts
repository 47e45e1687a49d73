import type { Failure } from './failures';

/** Looks a message up in the person's language and fills in its `{name}` placeholders. */
export type Translate = (
  key: FailureMessage,
  details: Readonly<Record<string, string | number>>,
) => string;

/** Keys of `media/l10n/failures.*.json`. */
type FailureMessage =
  | `failure.${Failure['code']}`
  | `safetensors.${Details<'safetensors-malformed'>['why']}`
  | `config.${Details<'config-invalid'>['why']}`;

/** A failure as a sentence for people: what was wrong, where, and what to do. */
export function describeFailure(failure: Failure, translate: Translate): string {
  return translate(`failure.${failure.code}`, readable(failure, translate));
}

type Details<Code extends Failure['code']> = Extract<Failure, { code: Code }>['details'];

/** Details with causes in words and bytes in megabytes. */
function readable(
  failure: Failure,
  translate: Translate,
): Readonly<Record<string, string | number>> {
  const { code, details } = failure;
  if (code === 'safetensors-malformed') {
    const { file, tensor, why } = details;
    return { file, why: translate(`safetensors.${why}`, { tensor }) };
  }
  if (code === 'config-invalid') {
    const why = translate(`config.${details.why}`, {});
    return { file: details.file, what: details.field === '' ? why : `${details.field} ${why}` };
  }
  if (code === 'out-of-memory') return { size: megabytes(details.bytes) };
  if (code === 'file-too-large' || code === 'trace-too-large' || code === 'array-too-large') {
    const { bytes, limitBytes, ...rest } = details;
    return { ...rest, size: megabytes(bytes), limit: megabytes(limitBytes) };
  }
  return details;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
