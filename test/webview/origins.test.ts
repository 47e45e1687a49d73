/** The context in the panel: every part of a conversation under who wrote it, and what of it the model does not read. */
import assert from 'node:assert/strict';
import type { PromptOrigins } from '../../src/protocol/chat';
import { builtinEngine } from '../support/builtinEngine';
import { inspectorsFor } from './page';

const said = ['Be brief.', 'Tell me about the girl', 'Well, she'] as const;
const text = `<sys>${said[0]}</sys><user>${said[1]}</user><reply>${said[2]}`;
const roles = ['system', 'user', 'assistant'] as const;
const origins: PromptOrigins = {
  template: { file: 'chat_template.jinja', source: '{{ messages }}' },
  parts: said.map((part, index) => {
    const start = text.indexOf(part);
    return { role: roles[index] ?? 'user', start, end: start + part.length };
  }),
};

describe('The context of a conversation in the Inspector', function () {
  const inspectors = inspectorsFor(this);

  it('marks each part by who wrote it, and shows the template', async () => {
    const { page, errors } = await inspectors.open({ text, origins, place: { step: 'context' } });
    for (const [index, role] of roles.entries()) {
      const marked = await page.$$eval(`.source-text .${role}`, (all) =>
        all.map(({ textContent }) => textContent.replaceAll('·', ' ')).join(''),
      );
      assert.equal(marked, said[index]);
    }
    assert.equal(
      await page.$eval('.chat-template code', ({ textContent }) => textContent),
      '{{ messages }}',
    );
    assert.deepEqual(errors, []);
  });

  it('counts every token of the window once, where it begins', async () => {
    const { page } = await inspectors.open({ text, origins, place: { step: 'context' } });
    const shown = await page.$$eval('.origins tr', (rows) =>
      rows.map(
        (row) =>
          [
            row.getAttribute('data-origin') ?? '',
            Number.parseInt(row.querySelector('.num')?.textContent ?? '', 10),
          ] as const,
      ),
    );
    const engine = await builtinEngine();
    const { starts } = await engine.tokenize({ text });
    await engine.dispose();
    const roleOf = (start: number): string =>
      origins.parts.find((part) => start >= part.start && start < part.end)?.role ?? 'template';
    const expected = new Map<string, number>();
    for (const start of starts) expected.set(roleOf(start), (expected.get(roleOf(start)) ?? 0) + 1);
    for (const [kind, count] of shown) assert.equal(count, expected.get(kind) ?? 0, kind);
  });

  it('tells headings of a document from the words of a template', async () => {
    const { page, errors } = await inspectors.open({
      text: '# user\n\nTell me about the girl\n',
      origins: { template: 'headings', parts: [{ role: 'user', start: 8, end: 30 }] },
      place: { step: 'context' },
    });
    const of = (kind: string) =>
      page.$$eval(`.source-text .${kind}`, (all) =>
        all.map(({ textContent }) => textContent.replaceAll('·', ' ')).join(''),
      );
    assert.equal(await of('user'), 'Tell me about the girl');
    assert.match(await of('template'), /^# user/);
    assert.equal(await page.innerText('.origins [data-origin="template"] th'), 'headings');
    assert.equal(await page.$$eval('.chat-template', (all) => all.length), 0);
    assert.deepEqual(errors, []);
  });

  it('says that nothing tells the roles where the model has no template', async () => {
    const { page } = await inspectors.open({
      text,
      origins: { ...origins, template: undefined },
      place: { step: 'context' },
    });
    assert.equal(await page.$$eval('.chat-template', (all) => all.length), 0);
    await page.waitForSelector('.stage p.small');
  });
});
