/** What both twins came to: losses, what was lost, how far each token moved, what both expect behind the same texts. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type {
  ExperimentResult,
  OpenExperiment,
  TwinResult,
} from '../../../src/protocol/labExperiments';
import { Labels } from '../../labels';
import { fixed, fixedWithSign, grouped, unknown } from '../../picture/numbers';
import { probabilityList } from '../../picture/probabilities';
import { Vocabulary } from '../../vocabulary';
import { newCursor } from '../chart';
import type { Lab } from '../lab';
import { tokenMoves } from './tokenMoves';
import { weightMoves } from './weightMoves';

interface Known {
  readonly experiment: number;
  readonly result: ExperimentResult;
  readonly vocabulary: Vocabulary | undefined;
}

export function resultOf(
  lab: Lab,
): (open: OpenExperiment, stage: 'under way' | 'over') => TemplateResult | typeof nothing {
  const { host } = lab;
  const known = signal<Known | undefined>(undefined);
  const cursor = newCursor();
  let asked: number | undefined;
  const ask = async ({ description }: OpenExperiment): Promise<void> => {
    const { experiment, baseline } = description;
    if (asked === experiment) return;
    asked = experiment;
    const result = await lab.hear(host.experimentResult({ experiment }));
    const table = await lab.hear(host.vocabulary({ run: baseline.run }));
    if (result === undefined || asked !== experiment) return;
    known.value = { experiment, result, vocabulary: table && new Vocabulary(table) };
  };
  return (open, stage) => {
    if (stage === 'under way') {
      asked = undefined;
      return nothing;
    }
    void ask(open);
    const shown = known.value;
    if (shown?.experiment !== open.description.experiment) return nothing;
    const labels = new Labels(signal(undefined), signal(shown.vocabulary));
    return html`<section class="result">
      ${losses(lab, shown.result)}
      ${tokenMoves(lab, { moves: shown.result.tokens, labels, cursor })}
      ${weightMoves(lab, shown.result.weights)} ${probes(lab, shown.result)}
    </section>`;
  };
}

function losses({ t }: Lab, { baseline, twin }: ExperimentResult): TemplateResult {
  const rows: readonly (readonly [string, (of: TwinResult) => number | undefined, number])[] = [
    [t('lab.result.steps'), ({ steps }) => steps, 0],
    [t('lab.result.train'), ({ trainNats }) => trainNats, 4],
    [t('lab.result.validation'), ({ validation }) => validation?.natsPerToken, 4],
    [t('lab.result.bits'), ({ validation }) => validation?.bitsPerByte, 4],
    [t('lab.result.blind'), ({ validationBlind }) => validationBlind?.natsPerToken, 4],
    [t('lab.result.before'), ({ before }) => before?.natsPerToken, 4],
    [t('lab.result.lost'), lost, 4],
    [t('lab.result.gap'), overfitting, 4],
    [t('lab.result.diverged'), ({ diverged }) => diverged?.step, 0],
    [t('lab.result.seconds'), ({ ms }) => ms / 1000, 1],
  ];
  return html`<h2>${t('lab.result.title')}</h2>
    <table class="listing result-table">
      <thead>
        <tr>
          <td></td>
          <th scope="col">${t('lab.experiments.baseline')}</th>
          <th scope="col">${t('lab.experiments.twin')}</th>
          <th scope="col">Δ</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(([name, read, digits]) => {
          const [ours, theirs] = [read(baseline), read(twin)];
          if (ours === undefined && theirs === undefined) return nothing;
          const difference =
            ours === undefined || theirs === undefined
              ? unknown
              : fixedWithSign(theirs - ours, digits);
          return html`<tr>
            <th scope="row">${name}</th>
            <td>${written(ours, digits)}</td>
            <td>${written(theirs, digits)}</td>
            <td>${difference}</td>
          </tr>`;
        })}
      </tbody>
    </table>`;
}

function written(value: number | undefined, digits: number): string {
  if (value === undefined) return unknown;
  return digits === 0 ? grouped(value) : fixed(value, digits);
}

/** What the second corpora cost on the first. */
function lost({ before, validation }: TwinResult): number | undefined {
  return before && validation ? validation.natsPerToken - before.natsPerToken : undefined;
}

/** How much worse on what was held out than on what was learned. */
function overfitting({ validation, trainNats }: TwinResult): number | undefined {
  return validation && validation.natsPerToken - trainNats;
}

function probes(
  { t }: Lab,
  { probes: results }: ExperimentResult,
): TemplateResult | typeof nothing {
  if (results.length === 0) return nothing;
  return html`<h2>${t('lab.result.probes')}</h2>
    ${results.map(
      ({ text, baseline, twin }) =>
        html`<div class="probe">
          <p><span class="chip">${text}</span> …</p>
          <div class="sides">
            ${(
              [
                [t('lab.experiments.baseline'), baseline],
                [t('lab.experiments.twin'), twin],
              ] as const
            ).map(
              ([name, guesses]) =>
                html`<section>
                  <h2>${name}</h2>
                  ${probabilityList(
                    guesses
                      .slice(0, 5)
                      .map((guess) => ({ label: guess.text, probability: guess.probability })),
                  )}
                </section>`,
            )}
          </div>
        </div>`,
    )}`;
}
