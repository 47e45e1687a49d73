import type { ValidationFigure } from '../../protocol/models';
import type { ModelFiles } from './byteSource';
import { readJson } from './readJson';

/**
 * How well a model predicts texts it was not trained on, as its folder states in `validation.json`:
 * `{ "texts": [{ "name": "English books", "bitsPerByte": 1.769 }] }`. Empty when it states nothing that can be read, for a
 * model without it is as good as any.
 */
export async function readValidation(files: ModelFiles): Promise<readonly ValidationFigure[]> {
  const content = await readJson(files, 'validation.json', limitBytes).catch(() => undefined);
  const texts = isRecord(content) ? content['texts'] : undefined;
  return Array.isArray(texts) ? texts.flatMap((text: unknown) => figureOf(text)) : [];
}

function figureOf(text: unknown): ValidationFigure[] {
  if (!isRecord(text)) return [];
  const { name, bitsPerByte } = text;
  if (typeof name !== 'string' || typeof bitsPerByte !== 'number') return [];
  return bitsPerByte > 0 && Number.isFinite(bitsPerByte) ? [{ name, bitsPerByte }] : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const limitBytes = 1024 * 1024;
