// A lab on the disk of a temporary folder, and what it tells.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lab } from '../../src/engine/lab/lab';
import type { LabDevices, LabFiles, LabHost } from '../../src/engine/lab/labHost';
import type { RunForm } from '../../src/protocol/labForms';
import type { RunNews, RunState } from '../../src/protocol/labApi';
import { nodeParts } from '../../src/worker/nodeHost';
import { nodeLabFiles } from '../../src/worker/nodeLabFiles';

export interface TestLab {
  readonly lab: Lab;
  readonly folder: string;
  readonly news: { readonly run: number; readonly news: RunNews }[];
  /** Resolves when a run is paused, finished or failed. */
  ended(run: number): Promise<RunState>;
  close(): Promise<void>;
}

export function openLab(
  options: {
    readonly files?: (files: LabFiles) => LabFiles;
    readonly devices?: LabDevices;
  } = {},
): TestLab {
  const folder = mkdtempSync(join(tmpdir(), 'tokenscope-lab-'));
  const news: TestLab['news'] = [];
  const waiting = new Map<number, (state: RunState) => void>();
  const host = { ...labHost(options.files), devices: options.devices };
  const lab = new Lab(host, (run, told) => {
    news.push({ run, news: told });
    if (told.kind !== 'state' || told.state.state === 'running') return;
    waiting.get(run)?.(told.state);
    waiting.delete(run);
  });
  return {
    lab,
    folder,
    news,
    ended: (run) => new Promise((resolve) => waiting.set(run, resolve)),
    close: async () => {
      await lab.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function labHost(wrap: (files: LabFiles) => LabFiles = (files) => files): LabHost {
  const places = { kernels: 'dist/kernels.wasm', builtin: 'media/models/builtin' };
  const files = nodeLabFiles({ ...places, tiny: 'media/models/tiny', corpora: 'media/corpora' });
  return { engine: nodeParts(places).host, files: wrap(files) };
}

/** The smallest run of the presets, on letters. */
export async function smallForm({ lab }: TestLab): Promise<RunForm> {
  const { experiments } = await lab.presets();
  const { baseline } = experiments[0] ?? assert.fail('no preset');
  return {
    ...baseline,
    model: { ...baseline.model, layers: 1, width: 16, headSize: 8, hidden: 32, context: 16 },
    corpora: [{ kind: 'grammar', grammar: 'english', seed: 1, characters: 8_000, weight: 1 }],
    training: { ...baseline.training, batch: 4, steps: 24, dropout: 0.1, labelNoise: 0.05 },
    watch: {
      ...{ statisticsEvery: 4, validateEvery: 8, sampleEvery: 12, snapshotEvery: 6 },
      ...{ prompts: ['The '], sampleTokens: 5, checkpointMs: 1e9 },
    },
  };
}
