/**
 * Screenshots of every view of the Inspector in a plain browser, to be looked at: out/screenshots/looks.
 * usage: node out/test/webview/looks/main.mjs [theme,… [language,… [view,…]]]
 */
import { mkdirSync } from 'node:fs';
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
const views: Readonly<Record<string, Partial<Place>>> = {
  overview: {},
  context: { step: 'context' },
  tokenize: { step: 'tokenize', token: 8 },
  embed: { step: 'embed' },
  gallery: { step: 'attend' },
  contributions: { step: 'attend', measure: 'contributions' },
  dot: { ...head, stage: 0 },
  mask: { ...head, stage: 2 },
  softmax: { ...head, stage: 3 },
  lines: { ...head, stage: 3, drawn: 'lines' },
  neurons: { ...head, stage: 1, drawn: 'neurons' },
  blockContribution: { ...head, stage: 3, measure: 'contributions', over: 'block' },
  headContribution: { ...head, stage: 3, measure: 'contributions' },
  mix: { ...head, stage: 4 },
  output: { ...head, stage: 5 },
  residual: { ...head, stage: 6 },
  feedforward: { step: 'feedforward', block: 2 },
  repeat: { step: 'repeat' },
  predict: { step: 'predict' },
  append: { step: 'append' },
};

const [, , wantedThemes, wantedLanguages, wantedViews, width = '1290'] = process.argv;
const chosen = <Name extends string>(all: readonly Name[], wanted: string | undefined): Name[] =>
  all.filter(
    (name) => wanted === undefined || wanted === 'all' || wanted.split(',').includes(name),
  );

mkdirSync(folder, { recursive: true });
const inspectors = await startInspectors();
for (const theme of chosen(themes, wantedThemes)) {
  for (const language of chosen(languages, wantedLanguages)) {
    for (const view of chosen(Object.keys(views), wantedViews)) {
      const place = { ...startPlace, ...views[view] };
      const look: Look = { theme, language, text: texts[language], place, width: Number(width) };
      const { page, errors } = await inspectors.open(look);
      if (view === 'append') {
        for (let token = 0; token < 3; token++) {
          await page.keyboard.press('g');
          await settled(page);
        }
      }
      // On a busy machine numbers may come after a while in which nothing moved.
      await page.waitForTimeout(600);
      await settled(page);
      await page.screenshot({ path: `${folder}/${view}-${language}-${theme}-${width}.png` });
      for (const error of errors) console.error(`${view} ${language} ${theme}: ${error}`);
      await page.context().close();
    }
  }
}
await inspectors.close();
