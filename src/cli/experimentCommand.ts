import { resolve } from 'node:path';
import { Lab } from '../engine/lab/lab';
import type { RunNews } from '../protocol/labApi';
import type { Experiment, ExperimentResult, TwinResult } from '../protocol/labExperiments';
import { fail } from '../protocol/failures';
import { nodeParts } from '../worker/nodeHost';
import { nodeLabFiles } from '../worker/nodeLabFiles';
import type { Command, CommandContext } from './command';
import { t } from './messages';
import { readArguments, UsageError } from './usage';
import { deviceOption, threadsOption } from './values';

/** Runs a `*.experiment.json`: a baseline and its twin, one JSON object a line, and the result as a file beside them. */
export const experimentCommand: Command = async (args, context) => {
  const { values, rest } = readArguments(args, { out: 'once', device: 'once', threads: 'once' });
  const [file, unexpected] = rest;
  if (file === undefined) throw new UsageError(t('cli.usage.no-experiment'));
  if (unexpected !== undefined) {
    throw new UsageError(t('cli.usage.unexpected', { value: unexpected }));
  }
  const out = values.out ?? file.replace(/(\.experiment)?\.json$/, '') + '.result';
  const device = deviceOption(values.device);
  const threads = threadsOption(values.threads);
  const lines: string[] = [];
  const names = new Map<number, string>();
  const lab = new Lab(labHost(context, threads), (run, news) => {
    lines.push(...linesOf(names.get(run) ?? '', news));
  });
  try {
    const read = await lab.readExperiment({ file: resolve(file) });
    const experiment: Experiment =
      device === undefined ? read : { ...read, baseline: { ...read.baseline, device } };
    const result = await runExperiment({ lab, experiment, out, names, lines }, context);
    await context.terminal.line(...lines.splice(0), ...resultLines(result), savedLine(out));
  } finally {
    await lab.dispose();
  }
};

interface Running {
  readonly lab: Lab;
  readonly experiment: Experiment;
  readonly out: string;
  /** Which twin a run is. */
  readonly names: Map<number, string>;
  /** Not written yet. */
  readonly lines: string[];
}

async function runExperiment(
  { lab, experiment, out, names, lines }: Running,
  { terminal, signal }: CommandContext,
): Promise<ExperimentResult> {
  const made = await lab.createExperiment({ folder: resolve(out), experiment }, { signal });
  names.set(made.baseline.run, 'baseline').set(made.twin.run, 'twin');
  const { change, prediction } = experiment;
  lines.push(JSON.stringify({ experiment: experiment.name, change, prediction }));
  const pause = (): void => void lab.pauseExperiment(made).catch(() => undefined);
  signal.addEventListener('abort', pause);
  const writing = setInterval(() => {
    void terminal.line(...lines.splice(0));
  }, 200);
  try {
    await lab.startExperiment(made);
    await lab.settled(made.experiment);
  } finally {
    clearInterval(writing);
    signal.removeEventListener('abort', pause);
  }
  if (signal.aborted) throw fail('cancelled', {});
  return lab.experimentResult(made, { signal });
}

function labHost(
  { places }: CommandContext,
  threads: number,
): ConstructorParameters<typeof Lab>[0] {
  return { engine: nodeParts({ ...places, threads }).host, files: nodeLabFiles(places) };
}

function linesOf(twin: string, news: RunNews): string[] {
  switch (news.kind) {
    case 'steps': {
      const { first, nats, gradientNorm, rate } = news.steps;
      return Array.from(nats, (loss, row) => {
        const norms = { gradientNorm: gradientNorm[row], learningRate: rate[row] };
        return JSON.stringify({ twin, step: first + row, loss, ...norms });
      });
    }
    case 'validation':
      return [JSON.stringify({ twin, step: news.step, validation: news.validation })];
    case 'sample':
      return [JSON.stringify({ twin, ...news.sample })];
    case 'state':
      return [JSON.stringify({ twin, ...news.state })];
    case 'moved':
      return [JSON.stringify({ twin, step: news.step, device: news.device })];
    case 'statistics':
    case 'snapshot':
    case 'saved':
      return [];
  }
}

/** Tokens by the hundred are in the file; here is what they come to. */
function resultLines({ baseline, twin, tokens, probes }: ExperimentResult): string[] {
  const line = (name: 'baseline' | 'twin', result: TwinResult): string => {
    const { distance, normAfter, cosine } = tokens[name];
    const moved = { distance: mean(distance), norm: mean(normAfter), cosine: mean(cosine) };
    return JSON.stringify({ result: name, ...result, meanOfTokens: moved });
  };
  return [
    line('baseline', baseline),
    line('twin', twin),
    ...probes.map((probe) => JSON.stringify({ probe: probe.text, ...probe })),
  ];
}

function savedLine(out: string): string {
  return JSON.stringify({ saved: out });
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
