/**
 * Screenshots of every view of the Inspector in a plain browser, as tall as what they show: out/screenshots/looks.
 * usage: node out/test/webview/looks/main.mjs [theme,… [language,… [view,… [width]]]], each list or `all`
 */
import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import type { ComparedWith } from '../../../src/protocol/comparison';
import { startPlace, type Place } from '../../../src/protocol/panelApi';
import { settled, startInspectors, type Look } from '../page';

const folder = 'out/screenshots/looks';
const themes = ['dark', 'light', 'hc', 'hc-light'] as const;
const languages = ['en', 'ja'] as const;
const texts = {
  en: 'Once upon a time there was a little girl who lived in the',
  ja: '昔々、あるところに、お爺さんとお婆さんがいました。お爺さんは',
};

const head = { step: 'attend', open: true, block: 1, head: 1 } as const;
/** Where a view is, what is compared there, and what is pressed or clicked before it is looked at. */
interface Scene {
  readonly place?: Partial<Place>;
  readonly compare?: ComparedWith;
  readonly keys?: readonly string[];
  readonly clicks?: readonly string[];
}

const compare: ComparedWith = {
  kind: 'text',
  text: 'Once upon a time there was a big dog who lived in a',
  name: undefined,
};
const mathematics = { depth: 'mathematics' } as const;

const scenes: Readonly<Record<string, Scene>> = {
  overview: {},
  context: { place: { step: 'context' } },
  tokenize: { place: { step: 'tokenize', token: 8 } },
  embed: { place: { step: 'embed' } },
  gallery: { place: { step: 'attend' } },
  contributions: { place: { step: 'attend', measure: 'contributions' } },
  dot: { place: { ...head, stage: 0 } },
  mask: { place: { ...head, stage: 2 }, keys: ['m'] },
  softmax: { place: { ...head, stage: 3 } },
  table: { place: { ...head, stage: 3, table: true } },
  lines: { place: { ...head, stage: 3, drawn: 'lines' } },
  neurons: { place: { ...head, stage: 1, drawn: 'neurons' } },
  blockContribution: { place: { ...head, stage: 3, measure: 'contributions', over: 'block' } },
  headContribution: { place: { ...head, stage: 3, measure: 'contributions' } },
  mix: { place: { ...head, stage: 4 } },
  output: { place: { ...head, stage: 5 } },
  residual: { place: { ...head, stage: 6 } },
  feedforward: { place: { step: 'feedforward', block: 2 } },
  repeat: { place: { step: 'repeat' } },
  predict: { place: { step: 'predict' } },
  paths: { place: { step: 'predict', ...mathematics }, clicks: ['.paths button'] },
  append: { place: { step: 'append' }, keys: ['g', 'g', 'g'] },
  branches: { place: { step: 'append' }, keys: ['g', 'g', 'g', 'b', 'b'] },
  keyList: { keys: ['?'] },
  copies: { place: { step: 'embed' }, keys: ['c'] },
  verify: { place: { step: 'embed' }, keys: ['v'] },
  times: { keys: ['f'] },
  partEmbed: {
    place: { step: 'embed', ...mathematics },
    clicks: ['[data-part="embed.map"] summary'],
  },
  partPredict: {
    place: { step: 'predict', ...mathematics },
    clicks: ['[data-part="predict.cut"] summary'],
  },
  compareOverview: { compare },
  compareContext: { compare, place: { step: 'context' } },
  compareTokenize: { compare, place: { step: 'tokenize', token: 8 } },
  compareEmbed: { compare, place: { step: 'embed' } },
  compareAttend: { compare, place: { step: 'attend' } },
  compareHead: { compare, place: head },
  compareFeedforward: { compare, place: { step: 'feedforward', block: 2 } },
  compareRepeat: { compare, place: { step: 'repeat' } },
  comparePredict: { compare, place: { step: 'predict' } },
  compareAppend: { compare, place: { step: 'append' } },
};

const [, , wantedThemes, wantedLanguages, wantedViews, width = '1290'] = process.argv;
const chosen = <Name extends string>(all: readonly Name[], wanted: string | undefined): Name[] =>
  all.filter(
    (name) => wanted === undefined || wanted === 'all' || wanted.split(',').includes(name),
  );

/** Does what the scene asks for, waiting for what each of it brings. */
async function act(page: Page, { keys = [], clicks = [] }: Scene): Promise<void> {
  for (const key of keys) {
    await page.keyboard.press(key);
    await settled(page);
  }
  for (const selector of clicks) {
    await page.click(selector);
    await settled(page);
  }
}

/** As tall as the longest of the columns that scroll. */
async function unfold(page: Page): Promise<void> {
  const hidden = await page.$$eval('.body, .stage, .side, .rail', (all) =>
    Math.max(0, ...all.map(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)),
  );
  const { width, height } = page.viewportSize() ?? { width: 1290, height: 940 };
  await page.setViewportSize({ width, height: Math.min(4000, height + hidden) });
  await settled(page);
}

mkdirSync(folder, { recursive: true });
const inspectors = await startInspectors();
for (const theme of chosen(themes, wantedThemes)) {
  for (const language of chosen(languages, wantedLanguages)) {
    for (const view of chosen(Object.keys(scenes), wantedViews)) {
      const scene = scenes[view] ?? {};
      const place = { ...startPlace, ...scene.place };
      const look: Look = {
        theme,
        language,
        text: texts[language],
        place,
        width: Number(width),
        ...(scene.compare && { compare: scene.compare }),
      };
      const { page, errors } = await inspectors.open(look);
      await act(page, scene);
      // On a busy machine numbers may come after a while in which nothing moved.
      await page.waitForTimeout(600);
      await unfold(page);
      await page.screenshot({ path: `${folder}/${view}-${language}-${theme}-${width}.png` });
      for (const error of errors) console.error(`${view} ${language} ${theme}: ${error}`);
      await page.context().close();
    }
  }
}
await inspectors.close();
