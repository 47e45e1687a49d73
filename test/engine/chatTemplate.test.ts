// Chat templates: where folders hold them, what they make of conversations, and what is told of broken ones.
import assert from 'node:assert/strict';
import { readChatTemplate, renderChat } from '../../src/engine/chatTemplate';
import type { ChatTurn } from '../../src/protocol/chat';
import { rejectsWith } from '../support/failing';
import { memoryFolder } from '../support/modelFolders';
import type { FileContents } from '../support/modelFolders';

/** ChatML, as Qwen's folders have it. */
const chatml = [
  '{% for message in messages %}',
  "{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' -}}",
  '{% endfor %}',
  '{% if add_generation_prompt %}',
  "{{- '<|im_start|>assistant\\n' -}}",
  '{% endif %}',
].join('\n');

const turns: readonly ChatTurn[] = [
  { role: 'system', content: 'a' },
  { role: 'user', content: 'Who is the assistant?\n\nTell me: 王様' },
];

async function rendered(
  contents: FileContents,
  of = turns,
): Promise<ReturnType<typeof renderChat>> {
  const template = await readChatTemplate(memoryFolder(contents));
  assert.ok(template !== undefined);
  return renderChat(template, of);
}

describe('a chat template', () => {
  const expected =
    '<|im_start|>system\na<|im_end|>\n' +
    '<|im_start|>user\nWho is the assistant?\n\nTell me: 王様<|im_end|>\n' +
    '<|im_start|>assistant\n';

  it('is read from any of the places in which folders hold it', async () => {
    const places: readonly FileContents[] = [
      { 'chat_template.jinja': chatml },
      { 'chat_template.json': JSON.stringify({ chat_template: chatml }) },
      { 'tokenizer_config.json': JSON.stringify({ chat_template: chatml }) },
      {
        'tokenizer_config.json': JSON.stringify({
          chat_template: [
            { name: 'tool_use', template: 'no' },
            { name: 'default', template: chatml },
          ],
        }),
      },
    ];
    for (const place of places) assert.equal((await rendered(place)).text, expected);
  });

  it('comes from its own file where the config has an older one', async () => {
    const both = {
      'chat_template.jinja': chatml,
      'tokenizer_config.json': JSON.stringify({ chat_template: 'old' }),
    };
    assert.equal((await rendered(both)).text, expected);
  });

  it('tells where the content of each turn stands', async () => {
    const { text, parts } = await rendered({ 'chat_template.jinja': chatml });
    assert.deepEqual(
      parts.map(({ start, end }) => text.slice(start, end)),
      turns.map(({ content }) => content),
    );
    assert.equal(text.slice(0, parts[0]?.start), '<|im_start|>system\n');
  });

  it('tells no places when it changes the contents', async () => {
    const loud = '{% for m in messages %}{{ m.content | upper }}{% endfor %}';
    const { text, parts } = await rendered({ 'chat_template.jinja': loud });
    assert.equal(text, 'AWHO IS THE ASSISTANT?\n\nTELL ME: 王様');
    assert.deepEqual(parts, []);
  });

  it('knows the special tokens of the tokenizer, written as texts or as objects', async () => {
    const config = { bos_token: { content: '<s>' }, eos_token: '</s>' };
    const contents = {
      'chat_template.jinja': '{{ bos_token }}{{ messages[0].content }}{{ eos_token }}',
      'tokenizer_config.json': JSON.stringify(config),
    };
    assert.equal((await rendered(contents)).text, '<s>a</s>');
  });

  it('is undefined in a folder that has none', async () => {
    assert.equal(
      await readChatTemplate(memoryFolder({ 'tokenizer_config.json': '{}' })),
      undefined,
    );
    assert.equal(await readChatTemplate(memoryFolder({})), undefined);
  });

  it('that is broken is told with its file, the line and the reason', async () => {
    const cases = [
      { source: 'one\n{% nonsense %}\nthree', line: 2, why: 'Unknown statement type: nonsense' },
      { source: 'one\ntwo\n{% if x %}\nfour\nfive', line: 3, why: 'Unexpected end of input' },
      { source: 'one\n{{ 1 + }}\nthree', line: 2, why: 'Unexpected token: CloseExpression' },
    ];
    for (const { source, line, why } of cases) {
      const details = await rejectsWith(
        'chat-template-broken',
        rendered({ 'chat_template.jinja': source }),
      );
      assert.deepEqual(details, { file: 'chat_template.jinja', line, why });
    }
  });

  it('that refuses a conversation is quoted', async () => {
    const source = "{{ raise_exception('Only user and assistant roles are supported!') }}";
    const details = await rejectsWith(
      'chat-template-refused',
      rendered({ 'chat_template.jinja': source }),
    );
    const why = 'Only user and assistant roles are supported!';
    assert.deepEqual(details, { file: 'chat_template.jinja', why });
  });
});
