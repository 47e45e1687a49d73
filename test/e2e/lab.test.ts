// The lab in the packaged extension: the promised effects of helo and of a short training, measured.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Workbench } from '../harness/workbench';
import { LabPage, says, type LabPlace } from './labPage';
import { Session, shoot, shootFailures, themes } from './session';

describe('The lab', () => {
  let session: Session;
  let workbench: Workbench;
  let lab: LabPage;

  before(async () => {
    session = await Session.start();
    workbench = await session.open();
    lab = await LabPage.open(workbench);
  });

  after(async () => {
    await workbench.close();
    await session.stop();
  });
  shootFailures(() => workbench);

  describe('helo', () => {
    before(() => lab.go('helo'));

    it('makes one update a key, each against the gradient by the learning rate', async () => {
      await lab.button('helo-start').click();
      await lab.waitFor('.helo[data-step="0"]');
      await lab.frame.locator('main').focus();
      await workbench.page.keyboard.press('n');
      await lab.waitFor('.helo[data-step="1"]');
      const rate = Number(await lab.field(says('training.rate')).inputValue());
      const tables = await lab.stage.locator('.helo section').all();
      for (const table of tables.slice(0, 2)) {
        const rows = await lab.rows(table);
        assert.equal(rows.length, 4);
        for (const [, , , gx, gy, ux, uy] of rows) {
          // Four decimals are written; half of the last of the update, and of the gradient times the rate.
          assertClose(ux, -rate * (gx ?? Number.NaN), 5e-5 * (1 + rate) + 1e-9);
          assertClose(uy, -rate * (gy ?? Number.NaN), 5e-5 * (1 + rate) + 1e-9);
        }
      }
      await shoot(workbench, 'lab-helo');
    });

    it('holds the stations where they are while the lines move', async () => {
      const [stations, lines] = await lab.stage.locator('.helo section').all();
      assert.ok(stations && lines);
      const before = [await lab.rows(stations), await lab.rows(lines)];
      await lab.field(says('helo.freeze.embedding')).check();
      await lab.button('run-step').click();
      await lab.waitFor('.helo[data-step="2"]');
      const after = [await lab.rows(stations), await lab.rows(lines)];
      const places = (rows: number[][] | undefined) => rows?.map((row) => row.slice(0, 3));
      assert.deepEqual(places(after[0]), places(before[0]));
      assert.notDeepEqual(places(after[1]), places(before[1]));
    });

    it('explodes and collapses on demand', async () => {
      await lab.button('helo-explosion').click();
      const longest = await longestAfterRun();
      await lab.button('helo-collapse').click();
      const collapsed = await longestAfterRun();
      // Vectors begin shorter than 3; measured 30 and more in one, less than 0.01 in the other.
      assert.ok(longest > 10, `the longest station is ${longest}`);
      assert.ok(collapsed < 0.1, `the longest station is ${collapsed}`);
    });

    /** The longest station when the run has ended, by itself or because it diverged. */
    async function longestAfterRun(): Promise<number> {
      await lab.waitFor('.run-state[data-step="0"]');
      await lab.waitFor('.helo[data-step="0"]');
      await lab.button('run-toggle').click();
      await lab.waitFor('.run-state:is([data-state="finished"], [data-state="failed"])');
      const last = await lab.stage.locator('.run-state').first().getAttribute('data-step');
      await lab.waitFor(`.helo[data-step="${String(last)}"]`);
      return lab.fact(says('helo.longestStation'));
    }
  });

  describe('a short training', () => {
    it('shows where each parameter is', async () => {
      await lab.go('model');
      await lab.waitFor('.listing tfoot');
      const table = lab.stage.locator('.listing').last();
      const rows = await lab.rows(table);
      const total = await lab.fact(says('parameters.count'));
      // Shape, count and bytes are the cells of a row; the count is the last number without a unit.
      const counts = await table.locator('tbody tr td:nth-child(3)').allInnerTexts();
      const sum = counts.reduce((all, text) => all + Number(text.replaceAll(',', '')), 0);
      assert.equal(rows.length, counts.length);
      assert.equal(sum, total);
    });

    it('says which widths its heads could share', async () => {
      const width = lab.field(says('model.width'));
      const before = await width.inputValue();
      await lab.fill(says('model.width'), '66');
      const fault = lab.stage.locator('.faults');
      await fault.waitFor();
      assert.match(await fault.innerText(), /\b64\b.*\b68\b/);
      await lab.fill(says('model.width'), before);
      await fault.waitFor({ state: 'detached' });
    });

    it('learns in front of one’s eyes, and can be gone back in', async () => {
      await lab.go('training');
      await lab.fill(says('training.steps'), '40');
      await lab.fill(says('watch.snapshotEvery'), '10');
      await lab.button('make-run').click();
      await lab.waitFor('.run-state[data-step="0"]');
      await lab.button('run-toggle').click();
      await lab.waitFor('.run-state[data-state="finished"]');
      await lab.waitFor('.inside [data-step="40"]');
      const losses = await lab.stage
        .locator('figure.chart')
        .first()
        .locator('table.twin tbody td:nth-child(2)')
        .allTextContents();
      const [first = Number.NaN, last = Number.NaN] = [losses[0], losses.at(-1)].map(Number);
      assert.ok(last < first - 1, `from ${first} to ${last} nats`);
      await shoot(workbench, 'lab-training');
      await lab.frame.locator('main').focus();
      await workbench.page.keyboard.press('ArrowLeft');
      await workbench.page.keyboard.press('ArrowLeft');
      await lab.waitFor('.inside [data-step="30"]');
    });
  });

  describe('in every theme', () => {
    const places: readonly LabPlace[] = ['vocabulary', 'model', 'training', 'experiments', 'helo'];

    for (const [theme, { name, id }] of Object.entries(themes)) {
      it(`has nothing that axe finds serious: ${theme}`, async () => {
        await workbench.chooseTheme(name);
        const body = lab.frame.locator(`body[data-vscode-theme-id="${id}"]`);
        await body.waitFor({ state: 'attached' });
        await lab.frame.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'));
        for (const place of places) {
          await lab.go(place);
          assert.deepEqual(await seriousViolations(), [], place);
        }
      });
    }

    function seriousViolations(): Promise<readonly string[]> {
      return lab.frame.evaluate<readonly string[]>(
        `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
          .filter(({ impact }) => /serious|critical/.test(impact))
          .map(({ id, nodes }) => id + ' ' + nodes[0].html.slice(0, 200)))`,
      );
    }
  });

  describe('a reload of the window', () => {
    it('brings the lab back with what was open', async () => {
      await lab.go('training');
      await workbench.reloadWindow();
      lab = await LabPage.of(workbench);
      await lab.waitFor('.run-state[data-step="40"]');
      await lab.go('helo');
      await lab.waitFor('.helo[data-step]');
    });
  });
});

function assertClose(actual: number | undefined, expected: number, tolerance: number): void {
  const difference = Math.abs((actual ?? Number.NaN) - expected);
  assert.ok(difference <= tolerance, `${String(actual)} is written, ${expected} expected`);
}
