import assert from 'node:assert/strict';
import { steps } from '../../src/protocol/axes';
import type { Workbench } from '../harness/workbench';
import { readBundle } from '../l10n/bundles';
import { seriousViolations } from './axe';
import { commandTitle } from './commandTitle';
import { InspectorPage } from './inspectorPage';
import { Session, shoot, shootFailures, themes } from './session';

describe('The packaged extension', () => {
  let session: Session;

  before(async () => {
    session = await Session.start();
  });

  after(() => session.stop());

  for (const language of ['en', 'ja'] as const) {
    describe(`in ${language}`, () => {
      let workbench: Workbench;
      let inspector: InspectorPage;

      before(async () => {
        workbench = await session.open({ language });
        await workbench.runCommand(commandTitle('showTokens', language));
        inspector = await InspectorPage.inspect(
          workbench,
          commandTitle('inspectSelection', language),
        );
      });

      after(() => workbench.close());
      shootFailures(() => workbench);

      it('speaks the language, in the panel and in its document', async () => {
        const name = readBundle(`media/l10n/inspector.${language}.json`)['inspector.step.predict'];
        assert.equal(await inspector.frame.locator('html').getAttribute('lang'), language);
        assert.equal(await inspector.frame.locator('.rail li.predict .name').textContent(), name);
      });

      for (const [theme, { name, id }] of Object.entries(themes)) {
        // Themes differ in their colours alone, and languages not even in those.
        const rules = theme === 'dark' ? undefined : ['color-contrast'];
        const isChecked = theme === 'dark' || language === 'en';
        const checked = isChecked ? ', and axe finds nothing serious in it' : '';

        it(`follows the theme ${theme}${checked}`, async () => {
          await workbench.chooseTheme(name);
          const body = inspector.frame.locator(`body[data-vscode-theme-id="${id}"]`);
          await body.waitFor({ state: 'attached' });
          for (const step of steps) {
            await inspector.open(step);
            await inspector.stage.locator('h1').waitFor();
            await inspector.painted();
            await shoot(workbench, `${step}-${language}-${theme}`);
            if (isChecked) assert.deepEqual(await seriousViolations(inspector.frame, rules), []);
          }
        });
      }
    });
  }
});
