// Takes the pictures of the two READMEs: `npm run pictures`, after a build. They show the packaged extension at work.
import { mkdirSync } from 'node:fs';
import type { Workbench } from '../harness/workbench';
import { packageVsix } from '../harness/packageVsix';
import { commandTitle } from '../e2e/commandTitle';
import { InspectorPage } from '../e2e/inspectorPage';
import { sentence, Session, themes } from '../e2e/session';

const size = { width: 1360, height: 780 };
/** Where the sample's Japanese sentence stands. */
const japanese = { file: 'mukashi.txt', line: 1, length: 24 };

await packageVsix();
mkdirSync('media/readme', { recursive: true });
for (const language of ['en', 'ja'] as const) {
  const theme = language === 'en' ? themes.dark : themes.light;
  const session = await Session.start({ 'workbench.colorTheme': theme.id });
  try {
    await pictures(await session.open({ language, ...size }), language);
  } finally {
    await session.stop();
  }
}

async function pictures(workbench: Workbench, language: 'en' | 'ja'): Promise<void> {
  const { page } = workbench;
  const take = async (name: string): Promise<void> => {
    await page.mouse.move(size.width / 4, size.height - 120);
    // Pictures and cards are painted a moment after their numbers came.
    await page.waitForTimeout(800);
    await page.screenshot({ path: `media/readme/${name}.${language}.png` });
  };
  await workbench.runCommand(commandTitle('showTokens', language));
  if (language === 'en') await workbench.selectInLine(sentence.line, 0, sentence.text.length);
  else {
    await workbench.openFile(japanese.file);
    await workbench.selectInLine(japanese.line, 0, japanese.length);
  }
  await page.waitForTimeout(1500);
  await workbench.runCommand(commandTitle('inspectSelection', language));
  const inspector = await InspectorPage.of(workbench);
  await take('overview');
  await inspector.open('attend');
  await take('attend');
  await inspector.pressTimeline('step');
  await inspector.generated.first().waitFor();
  await inspector.open('predict');
  await take('predict');
}
