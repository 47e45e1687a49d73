/**
 * A model's chat template: how the conversations it was trained on were written as one text. Folders hold it as Jinja, as
 * Hugging Face's `apply_chat_template` reads it: `chat_template.jinja`, `chat_template.json`, or a member of
 * `tokenizer_config.json`.
 */
import { Template } from '@huggingface/jinja';
import type { ChatPart, ChatTurn, RenderedChat } from '../protocol/chat';
import { fail } from '../protocol/failures';
import type { ModelFiles } from './files/byteSource';
import { readJson, readText } from './files/readJson';

export interface ChatTemplate {
  readonly file: string;
  readonly source: string;
  /** What the template may name: `bos_token`, `eos_token` and the like. */
  readonly tokens: Readonly<Record<string, string>>;
}

/**
 * The turns, and the opening of the assistant's answer. Throws `chat-template-broken` for a template that cannot be read,
 * `chat-template-refused` with its own words when it does not take this conversation.
 */
export function renderChat(chat: ChatTemplate, turns: readonly ChatTurn[]): RenderedChat {
  const template = parsed(chat);
  const text = rendered(template, chat, turns);
  const parts = partsOf(text, turns, (marked) => rendered(template, chat, marked));
  return { text, parts, template: { file: chat.file, source: chat.source } };
}

/** Undefined when the folder has none. Throws what is wrong with its files; the template itself is not read yet. */
export async function readChatTemplate(files: ModelFiles): Promise<ChatTemplate | undefined> {
  const config = await readJson(files, 'tokenizer_config.json', limitBytes);
  const tokens = tokensOf(config);
  const alone = await readText(files, 'chat_template.jinja', limitBytes);
  if (alone !== undefined) return { file: 'chat_template.jinja', source: alone, tokens };
  const beside = templateIn(await readJson(files, 'chat_template.json', limitBytes));
  if (beside !== undefined) return { file: 'chat_template.json', source: beside, tokens };
  const source = templateIn(config);
  return source === undefined ? undefined : { file: 'tokenizer_config.json', source, tokens };
}

const limitBytes = 16 * 1024 * 1024;

/** One template, or a list of named ones, of which `default` is the one for conversations. */
function templateIn(content: unknown): string | undefined {
  const given = isRecord(content) ? content['chat_template'] : undefined;
  if (typeof given === 'string') return given;
  if (!Array.isArray(given)) return undefined;
  const named = given.find((entry: unknown) => isRecord(entry) && entry['name'] === 'default') as
    Readonly<Record<string, unknown>> | undefined;
  const template = named?.['template'];
  return typeof template === 'string' ? template : undefined;
}

function tokensOf(config: unknown): Readonly<Record<string, string>> {
  if (!isRecord(config)) return {};
  const found: Record<string, string> = {};
  for (const name of ['bos_token', 'eos_token', 'unk_token', 'pad_token']) {
    const given = config[name];
    const text = isRecord(given) ? given['content'] : given;
    if (typeof text === 'string') found[name] = text;
  }
  return found;
}

function parsed({ file, source }: ChatTemplate): Template {
  try {
    return new Template(source);
  } catch (error) {
    const why = reason(error);
    throw fail('chat-template-broken', { file, line: lineOf(source, why), why });
  }
}

function rendered(template: Template, chat: ChatTemplate, turns: readonly ChatTurn[]): string {
  try {
    // The library keeps what it is given; templates change lists in place.
    const messages = turns.map((turn) => ({ ...turn }));
    return template.render({ ...chat.tokens, messages, add_generation_prompt: true });
  } catch (error) {
    throw fail('chat-template-refused', { file: chat.file, why: reason(error) });
  }
}

/** The library stumbles over a block that nobody closes, and says nothing of use. */
function reason(error: unknown): string {
  if (error instanceof TypeError) return 'Unexpected end of input';
  return error instanceof Error ? error.message : String(error);
}

/** The line, counted from 1, from which on the template cannot be read: the library does not tell it. */
function lineOf(source: string, why: string): number {
  const lines = source.split('\n');
  const isReadable = (count: number): boolean => {
    try {
      new Template(lines.slice(0, count).join('\n'));
      return true;
    } catch (error) {
      return reason(error) !== why;
    }
  };
  let line = lines.length;
  while (line > 1 && !isReadable(line - 1)) line--;
  return line;
}

/** Contents are looked for by rendering marks in their places, for short ones may stand in the template's text too. */
function partsOf(
  text: string,
  turns: readonly ChatTurn[],
  render: (turns: readonly ChatTurn[]) => string,
): readonly ChatPart[] {
  const marked = turns.map((turn, index) => ({ ...turn, content: mark(index) }));
  let frame: string;
  try {
    frame = render(marked);
  } catch {
    return [];
  }
  const parts: ChatPart[] = [];
  let filled = '';
  for (const [index, turn] of turns.entries()) {
    const at = frame.indexOf(mark(index));
    if (at < 0) return [];
    const start = filled.length + at;
    filled += frame.slice(0, at) + turn.content;
    frame = frame.slice(at + mark(index).length);
    parts.push({ start, end: filled.length });
  }
  return filled + frame === text ? parts : [];
}

/** Characters for private use: no template has them. */
function mark(index: number): string {
  return `\uE000${String(index)}\uE001`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
