import * as v from 'valibot';
import { fail } from '../../protocol/failures';
import type { RunChange, RunForm } from '../../protocol/labForms';
import { readJson } from '../files/readJson';
import { runFormSchema } from './formSchema';
import { textParts, type LabFolder } from './labHost';

/** Names of the files in the folder of a run. */
export const runFile = 'run.json';
export const checkpointFileName = 'checkpoint.safetensors';
export const tokenizerFileName = 'tokenizer.json';

export function snapshotFile(step: number): string {
  return `snapshot-${String(step).padStart(8, '0')}.safetensors`;
}

/** A change with the step behind which it was made. */
export interface PlacedChange {
  readonly after: number;
  readonly change: RunChange;
}

/** What a run was asked to be: its form, and what was changed on the way. */
export interface RunRecord {
  readonly form: RunForm;
  readonly changes: readonly PlacedChange[];
}

export function writeRun(folder: LabFolder, { form, changes }: RunRecord): Promise<void> {
  const stored = changes.map(({ after, change }) => {
    // JSON has no undefined: null is the way back to the schedule.
    const rate = 'rate' in change ? { rate: change.rate ?? null } : {};
    return { after, change: { ...change, ...rate } };
  });
  const content = { version: 1, form, changes: stored };
  return folder.write(runFile, textParts(`${JSON.stringify(content, undefined, 1)}\n`));
}

/** Throws `file-missing` where no run is, `checkpoint-foreign` for one of another version. */
export async function readRun(folder: LabFolder): Promise<RunRecord> {
  const content = await readJson(folder, runFile, 1 << 26);
  if (content === undefined) throw fail('file-missing', { file: runFile, folder: folder.name });
  const parsed = v.safeParse(schema, content);
  if (!parsed.success) throw fail('checkpoint-foreign', { file: runFile });
  const { form, changes } = parsed.output;
  return {
    form,
    changes: changes.map(({ after, change: { rate, ...change } }) => {
      const set = rate === undefined ? {} : { rate: rate ?? undefined };
      return { after, change: { ...change, ...set } };
    }),
  };
}

const schema = v.object({
  version: v.literal(1),
  form: runFormSchema,
  changes: v.array(
    v.object({
      after: v.number(),
      change: v.object({
        rate: v.exactOptional(v.nullable(v.number())),
        decay: v.exactOptional(v.number()),
        clip: v.exactOptional(v.number()),
        freeze: v.exactOptional(v.array(v.string())),
        steps: v.exactOptional(v.number()),
      }),
    }),
  ),
});
