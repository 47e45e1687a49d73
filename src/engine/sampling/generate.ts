import type { CallOptions, GeneratedToken, StepRequest } from '../../protocol/engineApi';

/** What generates one token: the engine, or a client of it. */
export interface Steps {
  step(request: StepRequest, options?: CallOptions): Promise<GeneratedToken>;
}

/**
 * Generates tokens until one says that generation ends with it. Each step gets the whole text again, as the model does.
 * Fails as `step` does.
 */
export async function* generate(
  steps: Steps,
  start: Omit<StepRequest, 'promptLength'>,
  options?: CallOptions,
): AsyncGenerator<GeneratedToken, void, undefined> {
  const promptLength = start.ids.length;
  let ids = start.ids;
  for (;;) {
    const token = await steps.step({ ...start, ids, promptLength }, options);
    yield token;
    if (token.stopped !== undefined) return;
    ids = Int32Array.of(...ids, token.id);
  }
}
