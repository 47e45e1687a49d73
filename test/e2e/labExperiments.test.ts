// Every experiment of the lab, from its button to its result, in the packaged extension: what it promises is read from the panel.
import assert from 'node:assert/strict';
import type { ChangeKind } from '../../src/protocol/labExperiments';
import type { Workbench } from '../harness/workbench';
import { LabPage, says } from './labPage';
import { readNumber } from './inspectorPage';
import { Session, shoot, shootFailures } from './session';

/** One experiment: steps that are enough to see it, and what must then be seen. */
interface Case {
  /** Those of the ready experiment where it is absent. */
  readonly steps?: number;
  /** The size of the change, by the label of its field. */
  readonly size?: readonly [label: string, value: number];
  readonly shows: () => Promise<void>;
}

describe('The lab’s experiments', () => {
  let session: Session;
  let workbench: Workbench;
  let lab: LabPage;

  before(async () => {
    session = await Session.start();
    workbench = await session.open();
    lab = await LabPage.open(workbench);
    await lab.go('experiments');
  });

  after(async () => {
    await workbench.close();
    await session.stop();
  });
  shootFailures(() => workbench);

  it('wait for a prediction', async () => {
    await lab.stage.locator('button[data-change="freeze-embeddings"]').click();
    const run = lab.button('experiment-run');
    assert.notEqual(await run.getAttribute('disabled'), null);
    await lab.fill(says('experiments.prediction'), 'They will not move.');
    await run.and(lab.frame.locator(':not([disabled])')).waitFor();
  });

  const cases: Readonly<Record<ChangeKind, Case>> = {
    'freeze-embeddings': {
      steps: 30,
      shows: async () => {
        assert.equal(await lab.fact(says('moves.meanTwin')), 0);
        const moved = await lab.fact(says('moves.meanBaseline'));
        assert.ok(moved > 0.01, `the baseline's moved ${moved} on average`);
        assert.equal((await weights('wte.')).twin, 0);
        await shoot(workbench, 'lab-experiment');
      },
    },
    'freeze-output': { steps: 30, shows: () => movedNothing('lm_head.') },
    'freeze-block': { steps: 30, shows: () => movedNothing('h.0.') },
    'fix-embedding-norm': {
      steps: 30,
      shows: async () => {
        const norms = await tokenNorms();
        assert.ok(norms.every(({ twin }) => twin.before === twin.after));
        assert.ok(norms.some(({ baseline }) => baseline.after > 2 * baseline.before));
      },
    },
    'weight-decay': {
      steps: 60,
      shows: async () => {
        const norms = await tokenNorms();
        const sum = (of: 'baseline' | 'twin'): number =>
          norms.reduce((total, row) => total + row[of].after, 0);
        assert.ok(sum('twin') > sum('baseline'), `${sum('twin')} against ${sum('baseline')}`);
      },
    },
    'no-norm': {
      steps: 30,
      shows: async () => {
        assert.ok((await result('train')).worse > 0.05);
        assert.ok(Number.isNaN((await weights('ln_f.')).twin));
      },
    },
    'no-activation': {
      steps: 60,
      shows: async () => {
        assert.ok((await result('validation')).worse > 0);
      },
    },
    'no-positions': {
      shows: async () => {
        const [ab, ba] = await Promise.all([probe('ab:'), probe('ba:')]);
        assert.deepEqual(ab.twin, ba.twin);
        assert.notDeepEqual(ab.baseline, ba.baseline);
      },
    },
    'no-mask': {
      steps: 150,
      shows: async () => {
        const { baseline, twin } = await result('train');
        assert.ok(twin < 0.7 * baseline, `${twin} against ${baseline}`);
        const blind = (await result('blind')).twin;
        const honest = (await result('validation')).baseline;
        assert.ok(blind > honest, `${blind} against ${honest}`);
      },
    },
    wider: {
      steps: 60,
      shows: async () => {
        assert.ok((await result('validation')).worse < 0);
      },
    },
    'learning-rate': {
      steps: 60,
      shows: async () => {
        assert.ok((await result('validation')).worse > 0.05);
      },
    },
    'label-noise': {
      steps: 30,
      shows: async () => {
        assert.ok((await result('train')).worse > 0.2);
      },
    },
    'second-corpus': {
      steps: 60,
      size: [says('experiments.fromStep'), 31],
      shows: async () => {
        const { twin, baseline } = await result('lost');
        assert.ok(twin > 0.3 && Number.isNaN(baseline), `${twin} nats were lost`);
      },
    },
    'tiny-corpus': {
      steps: 100,
      shows: async () => {
        assert.ok((await result('gap')).worse > 0.2);
        assert.ok((await result('validation')).worse > 0.1);
      },
    },
  };

  for (const [kind, { steps, size, shows }] of Object.entries(cases)) {
    it(`run, and show what they promise: ${kind}`, async () => {
      await lab.stage.locator(`button[data-change="${kind}"]`).click();
      await lab.waitFor(`.draft[data-change="${kind}"]`);
      await lab.fill(says('experiments.prediction'), `What I expect of ${kind}.`);
      if (steps !== undefined) await lab.fill(says('training.steps'), String(steps));
      if (size !== undefined) await lab.fill(size[0], String(size[1]));
      await lab.button('experiment-run').click();
      await lab.waitFor(`.open-experiment[data-change="${kind}"] .result`);
      await shows();
    });
  }

  it('are there again when the window was reloaded, with the same numbers', async () => {
    const before = await result('validation');
    await workbench.reloadWindow();
    lab = await LabPage.of(workbench);
    await lab.waitFor('.open-experiment[data-change="tiny-corpus"] .result');
    assert.deepEqual(await result('validation'), before);
  });

  /** A line of the result's table; what is not known is NaN. */
  async function result(
    row: string,
  ): Promise<{ readonly baseline: number; readonly twin: number; readonly worse: number }> {
    const line = lab.stage.locator('.result-table tr', { hasText: says(`result.${row}`) });
    const [baseline = NaN, twin = NaN] = (await line.first().locator('td').allInnerTexts()).map(
      readNumber,
    );
    return { baseline, twin, worse: twin - baseline };
  }

  /** How far the weights of such names moved, all together. */
  async function weights(
    prefix: string,
  ): Promise<{ readonly baseline: number; readonly twin: number }> {
    const sums = (await weightRows()).filter(({ name }) => name.startsWith(prefix));
    assert.ok(sums.length > 0, prefix);
    const sum = (of: 'baseline' | 'twin'): number =>
      sums.reduce((total, row) => total + row[of], 0);
    return { baseline: sum('baseline'), twin: sum('twin') };
  }

  async function weightRows(): Promise<
    readonly { readonly name: string; readonly baseline: number; readonly twin: number }[]
  > {
    const rows = await lab.stage.locator('.weight-moves tbody tr').allInnerTexts();
    return rows.map((row) => {
      const [name = '', baseline = '', twin = ''] = row.split('\t');
      return { name, baseline: readNumber(baseline), twin: readNumber(twin) };
    });
  }

  /** What is frozen moved exactly 0 in the twin; all else moved in both. */
  async function movedNothing(prefix: string): Promise<void> {
    const rows = await weightRows();
    assert.ok(rows.some(({ name }) => name.startsWith(prefix)));
    for (const { name, baseline, twin } of rows) {
      assert.ok(baseline > 0, name);
      assert.ok(name.startsWith(prefix) ? twin === 0 : twin > 0, `${name} moved ${twin}`);
    }
  }

  interface Norms {
    readonly before: number;
    readonly after: number;
  }

  /** Norms of the tokens' vectors, as far as they are listed. */
  async function tokenNorms(): Promise<readonly { baseline: Norms; twin: Norms }[]> {
    const rows = await lab.stage.locator('.token-moves tbody tr').all();
    return Promise.all(
      rows.map(async (row) => {
        const cells = await row.locator('td').allInnerTexts();
        const norms = (text = ''): Norms => {
          const [before = NaN, after = NaN] = text.split('→').map(readNumber);
          return { before, after };
        };
        return { baseline: norms(cells[1]), twin: norms(cells[4]) };
      }),
    );
  }

  /** What both twins expect behind a text, as it is written. */
  async function probe(text: string): Promise<{ baseline: string; twin: string }> {
    const lists = lab.stage.locator('.probe').filter({ hasText: text }).locator('ol.probabilities');
    const [baseline = '', twin = ''] = await lists.allInnerTexts();
    return { baseline, twin };
  }
});
