// Numbers of every view of the packaged Inspector beside the command line's trace: of the built-in model, of both
// reference models, and of a model whose weights are all zero.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Workbench } from '../harness/workbench';
import type { Tensor } from '../support/safetensors';
import { writeWordTokenizer } from '../support/wordTokenizer';
import { zeroModel } from '../webview/zeroModel';
import { trace } from './commandLine';
import { assertWritten, InspectorPage, readNumber } from './inspectorPage';
import { sentence, Session, shoot, shootFailures } from './session';

interface Config {
  readonly n_layer: number;
  readonly n_ctx: number;
  readonly vocab_size: number;
}

/** Each makes the folder of a model, which the suite removes; none is the built-in one. */
const models: Readonly<Record<string, (() => Promise<string>) | undefined>> = {
  'the built-in model': undefined,
  'the tied reference model': () => oracleModel('tiny-tied'),
  'the untied reference model with ReLU': () => oracleModel('tiny-untied-relu'),
  'a model of zeros': zeroModel,
};

describe('Every view of the packaged Inspector', () => {
  let session: Session;
  let workbench: Workbench;

  before(async () => {
    // Everything on screen stands still at the likeliest token.
    session = await Session.start({ 'tokenscope.sampling.temperature': 0 });
    choose(session, '');
    workbench = await session.open();
  });

  after(() => session.stop());
  shootFailures(() => workbench);

  for (const [name, makeFolder] of Object.entries(models)) {
    describe(`on ${name}`, () => {
      let inspector: InspectorPage;
      let folder: string | undefined;
      let config: Config;
      let run: ReadonlyMap<string, Tensor>;

      before(async () => {
        folder = await makeFolder?.();
        const file = join(folder ?? 'media/models/builtin', 'config.json');
        config = JSON.parse(readFileSync(file, 'utf8')) as Config;
        run = await trace(sentence.text, folder);
        choose(session, folder ?? '');
        await workbench.focusEditor(sentence.file);
        inspector = await InspectorPage.inspect(workbench);
        const model = folder === undefined ? 'built-in' : basename(folder);
        await inspector.frame.locator('.head .model').filter({ hasText: model }).waitFor();
        await inspector.tokens
          .nth(last())
          .filter({ hasText: String(ids()[last()]) })
          .waitFor();
      });

      // What was generated goes with the panel.
      after(async () => {
        await workbench.closePanel();
        if (folder !== undefined) rmSync(folder, { recursive: true });
      });

      const tensor = (activation: string): Tensor => {
        const found = run.get(activation);
        assert.ok(found, `the trace has no ${activation}`);
        return found;
      };
      /** The values at fixed leading axes. */
      const valuesOf = (activation: string, ...index: readonly number[]): number[] => {
        const { shape, values } = tensor(activation);
        let [start, size] = [0, values.length];
        for (const [axis, at] of index.entries()) {
          size /= shape[axis] ?? Number.NaN;
          start += at * size;
        }
        return [...values.subarray(start, start + size)];
      };
      const ids = (): number[] => [...tensor('ids').values];
      const last = (): number => ids().length - 1;
      const lastBlock = (): string => `blocks.${config.n_layer - 1}`;

      /** The numbers of the table that T shows in place of the open step's picture, row by row. */
      const table = async (rows: number, caption = ''): Promise<number[][]> => {
        await inspector.press('t');
        const found = inspector.stage.locator('table.twin').filter({ hasText: caption }).first();
        await found
          .locator('tbody tr')
          .nth(rows - 1)
          .waitFor();
        const numbers = await numbersOf(found);
        await inspector.press('t');
        return numbers;
      };
      const column = (rows: readonly number[][], index: number): number[] =>
        rows.map((row) => row[index] ?? Number.NaN);

      it('writes the context as the model is given it', async () => {
        await inspector.open('context');
        const says = await inspector.stage.locator('.window').getAttribute('aria-label');
        const [used, whole] = [...(says ?? '').matchAll(/\d+/g)].map(Number);
        assert.deepEqual([used, whole], [ids().length, config.n_ctx]);
        const text = (await inspector.stage.locator('.source-text').innerText()).replaceAll(
          '·',
          ' ',
        );
        assert.ok(text.replaceAll(/\s+/g, ' ').includes(sentence.text), text);
      });

      it('writes the ids of the tokens', async () => {
        await inspector.open('tokenize');
        const cards = inspector.stage.locator('.idcard b');
        await cards.nth(last()).waitFor();
        assert.deepEqual((await cards.allInnerTexts()).map(Number), ids());
        assert.deepEqual(await inspector.ids(), ids());
      });

      it('writes token, position and sum', async () => {
        await inspector.open('embed');
        const sum = valuesOf('blocks.0.resid_pre', last());
        const rows = await table(sum.length);
        assertWritten(column(rows.slice(0, sum.length), 0), valuesOf('embed', last()), 3);
        assertWritten(column(rows.slice(0, sum.length), 1), valuesOf('pos_embed', last()), 3);
        assertWritten(column(rows.slice(0, sum.length), 2), sum, 3);
      });

      it('writes scores and weights of a head, and what it mixes', async () => {
        await inspector.open('attend');
        await inspector.frame.locator('.rail li.attend .pip').nth(1).click();
        await inspector.frame.locator('.grid').waitFor();
        const head = 1;
        const stages = inspector.stage.locator('.stages button');
        for (const [stage, activation, digits] of [
          [1, 'scores', 2],
          [3, 'pattern', 2],
        ] as const) {
          await stages.nth(stage).click();
          const rows = await table(ids().length);
          for (const [query, row] of rows.entries()) {
            const expected = valuesOf(`blocks.0.attn.${activation}`, head, query);
            const seen = stage === 3 ? query + 1 : expected.length;
            assertWritten(row.slice(0, seen), expected.slice(0, seen), digits);
            assert.ok(row.slice(seen).every(Number.isNaN), 'a masked cell has a number');
          }
        }
        await stages.nth(4).click();
        const z = valuesOf('blocks.0.attn.z', last(), head);
        const mixed = (await table(z.length)).map((row) => row.at(-1) ?? Number.NaN);
        assertWritten(mixed, z, 3);
        await stages.nth(6).click();
        const middle = valuesOf('blocks.0.resid_mid', last());
        const streams = (await table(middle.length)).map((row) => row.at(-1) ?? Number.NaN);
        assertWritten(streams, middle, 3);
      });

      it('writes neurons before and after the non-linearity', async () => {
        await inspector.open('feedforward');
        const [before, after] = [
          valuesOf('blocks.0.mlp.pre', last()),
          valuesOf('blocks.0.mlp.post', last()),
        ];
        const rows = await table(before.length, 'pre');
        assertWritten(column(rows, 0), before, 3);
        assertWritten(column(rows, 1), after, 3);
      });

      it('writes the stream of a token through the blocks', async () => {
        await inspector.open('repeat');
        const rows = await table(1 + 3 * config.n_layer, 'embed');
        const final = valuesOf(`${lastBlock()}.resid_post`, last());
        const first = valuesOf('blocks.0.resid_pre', last());
        const [norm, cosine, channel] = rows.at(-1) ?? [];
        const size = Math.hypot(...final);
        assertWritten([norm ?? Number.NaN, channel ?? Number.NaN], [size, final[0] ?? 0], 3);
        const product = final.reduce((sum, each, index) => sum + each * (first[index] ?? 0), 0);
        const angle = product / (size * Math.hypot(...first));
        if (Number.isNaN(angle)) assert.ok(Number.isNaN(cosine));
        else assertWritten([cosine ?? Number.NaN], [angle], 3);
      });

      it('writes the logits, and appends the token that has the largest', async () => {
        await inspector.open('predict');
        const logits = valuesOf('logits', last());
        const sorted = logits.toSorted((a, b) => b - a);
        const rows = inspector.stage.locator('table.logits tbody tr:has(button)');
        await rows.nth(2).waitFor();
        const written = await Promise.all(
          (await rows.all()).map(async (row) => {
            const cells = (await row.locator('.num').allInnerTexts()).map(readNumber);
            return cells.filter((cell) => !Number.isNaN(cell));
          }),
        );
        // Those in the middle are left out; each row says its rank.
        const ranked = written.map(([rank = Number.NaN]) => sorted[rank - 1] ?? Number.NaN);
        assertWritten(column(written, 1), ranked, 2);
        await inspector.open('append');
        await inspector.pressTimeline('step');
        await inspector.tokens.nth(last() + 1).waitFor();
        const id = (await inspector.ids()).at(-1) ?? -1;
        assert.equal(logits[id], sorted[0]);
        const facts = inspector.frame.locator('aside.side dl.facts');
        await facts.waitFor();
        const numbers = (await facts.locator('dd').allInnerTexts()).map(readNumber);
        const sum = logits.reduce((total, each) => total + Math.exp(each - (sorted[0] ?? 0)), 0);
        assertWritten([numbers[0] ?? Number.NaN], [1 / sum], 4);
        await shoot(workbench, `every-view-${name.replaceAll(' ', '-')}`);
      });

      if (makeFolder === zeroModel) {
        it('has nothing but zeros and even weights in the trace that all of that is compared with', () => {
          for (const [activation, { values }] of run) {
            if (activation === 'ids' || activation.endsWith('.pattern')) continue;
            assert.ok(
              values.every((value) => value === 0),
              `${activation} is not zero`,
            );
          }
          const even = valuesOf(`${lastBlock()}.attn.pattern`, 0, last());
          // One float32 over the number of tokens.
          assert.ok(even.every((weight) => Math.abs(weight - 1 / even.length) < 1e-7));
        });
      }
    });
  }
});

/** The numbers of a table's body, headings left out. */
async function numbersOf(table: Locator): Promise<number[][]> {
  const rows = await table
    .locator('tbody tr')
    .evaluateAll((all) =>
      all.map((row) => Array.from(row.querySelectorAll('td'), (cell) => cell.textContent.trim())),
    );
  return rows.map((row) => row.map(readNumber));
}

/** Writes the folder of a model into the settings of the opened folder, where nothing stands for the built-in one. */
function choose(session: Session, folder: string): void {
  const file = join(session.workspace, '.vscode/settings.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ 'tokenscope.model.folder': folder }));
}

/** A reference model with a tokenizer of the sentence's words. */
function oracleModel(name: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tokenscope-oracle-'));
  const from = join('test/fixtures/oracle', name);
  for (const file of ['config.json', 'model.safetensors'])
    cpSync(join(from, file), join(folder, file));
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as Config;
  writeWordTokenizer(folder, sentence.text, config.vocab_size);
  return Promise.resolve(folder);
}
