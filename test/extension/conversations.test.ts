// Conversations in Markdown: their sections, and the text that the model reads of them.
import assert from 'node:assert/strict';
import { renderChat } from '../../src/engine/chatTemplate';
import { fail } from '../../src/protocol/failures';
import type { EngineClient } from '../../src/protocol/engineApi';
import { compose } from '../../src/extension/conversations/compose';
import { sectionOrigins } from '../../src/extension/conversations/sectionOrigins';
import { emptyConversation, sectionsOf } from '../../src/extension/conversations/sections';
import { rejectsWith } from '../support/failing';

type Renderer = Pick<EngineClient, 'renderChat'>;

const source =
  '{% for m in messages %}<{{ m.role }}>{{ m.content }}</{{ m.role }}>{% endfor %}<assistant>';
const withTemplate: Renderer = {
  renderChat: ({ turns }) =>
    Promise.resolve(renderChat({ file: 'chat_template.jinja', source, tokens: {} }, turns)),
};
const without: Renderer = {
  renderChat: () => Promise.reject(fail('chat-template-missing', { model: 'm' })),
};
const { signal } = new AbortController();

describe('the words of a part of a conversation', () => {
  const text = '# system\nBe brief.\n\n# user\nHello there\n\n# assistant\nWell,';

  it('are told by role, each as far as it lies in the part', () => {
    const start = text.indexOf('brief');
    const end = text.indexOf(' there');
    const origins = sectionOrigins(text, { start, end });
    assert.equal(origins?.template, 'headings');
    const part = text.slice(start, end);
    const said = origins.parts.map((each) => [each.role, part.slice(each.start, each.end)]);
    assert.deepEqual(said, [
      ['system', 'brief.'],
      ['user', 'Hello'],
    ]);
  });

  it('are nobody’s in a text that is no conversation', () => {
    assert.equal(sectionOrigins('Hello\n# user\nthere', { start: 0, end: 5 }), undefined);
  });
});

describe('sections of a conversation', () => {
  const said = (text: string): string[] | undefined =>
    sectionsOf(text)?.map(({ role, start, end }) => `${role}: ${text.slice(start, end)}`);

  it('are what stands under its headings, without the blank lines around', () => {
    const text = '\n# system\nBe brief.\n\n\n# user\n\nHello\n\n there  \n\n# assistant\n\n';
    assert.deepEqual(said(text), ['system: Be brief.', 'user: Hello\n\n there', 'assistant: ']);
    assert.deepEqual(said(text.replaceAll('\n', '\r\n'))?.[0], 'system: Be brief.');
  });

  it('keep other headings, deeper ones, and headings in code', () => {
    const text = '# user\n# Users\n## assistant\n```md\n# assistant\n```\n# assistant';
    assert.deepEqual(said(text), [
      'user: # Users\n## assistant\n```md\n# assistant\n```',
      'assistant: ',
    ]);
  });

  it('are not looked for in a text that begins with something else', () => {
    assert.equal(sectionsOf('Once\n# user\nHello'), undefined);
    assert.equal(sectionsOf('# The king\n'), undefined);
    assert.equal(sectionsOf(''), undefined);
  });

  it('are four in a new conversation, the caret in the empty section of the user', () => {
    const { content, line } = emptyConversation;
    assert.deepEqual(said(content), ['system: ', 'developer: ', 'user: ', 'assistant: ']);
    assert.equal(content.split('\n')[line - 1], '# user');
  });
});

describe('what a model reads of a conversation', () => {
  const text = '# system\nBe brief.\n\n# user\nHello\nthere\n\n# assistant\n\nWell,';

  for (const eol of ['\n', '\r\n']) {
    it(`is its template's text, and tells where it comes from, with ${JSON.stringify(eol)}`, async () => {
      const written = text.replaceAll('\n', eol);
      const composed = await compose(written, withTemplate, signal);
      assert.equal(
        composed.text,
        '<system>Be brief.</system><user>Hello\nthere</user><assistant>Well,',
      );
      for (const word of ['Be', 'brief', 'Hello', 'there', 'Well']) {
        const place = composed.toConversation(composed.text.indexOf(word));
        assert.equal(written.slice(place, place + word.length), word);
      }
      const { template, parts } = composed.origins;
      assert.deepEqual(template, { file: 'chat_template.jinja', source });
      assert.deepEqual(
        parts.map(({ role, start, end }) => `${role}: ${composed.text.slice(start, end)}`),
        ['system: Be brief.', 'user: Hello\nthere', 'assistant: Well,'],
      );
      assert.equal(composed.toConversation(0), written.indexOf('Be'));
      assert.equal(composed.toConversation(composed.text.length), written.length);
    });
  }

  it('is the sections one after another where the model has no template', async () => {
    const composed = await compose(text, without, signal);
    assert.equal(composed.by, 'joining');
    assert.equal(composed.text, 'Be brief.\n\nHello\nthere\n\nWell,');
    assert.equal(composed.toConversation(composed.text.indexOf('there')), text.indexOf('there'));
  });

  it('leaves out empty sections', async () => {
    const { text: read } = await compose(
      '# system\n\n# user\nHi\n# assistant',
      withTemplate,
      signal,
    );
    assert.equal(read, '<user>Hi</user><assistant>');
  });

  it('is refused when the answer has no place or nothing was said', async () => {
    const unfinished = compose('# user\nHi', withTemplate, signal);
    await rejectsWith('conversation-unfinished', unfinished);
    await rejectsWith('text-empty', compose(emptyConversation.content, withTemplate, signal));
  });
});
