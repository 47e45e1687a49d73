/** What a model reads of a conversation: its sections through the model's chat template, the last one left open. */
import type { ChatPart, OriginPart, PromptOrigins, TemplateSource } from '../../protocol/chat';
import type { EngineClient } from '../../protocol/engineApi';
import { fail, failureOf } from '../../protocol/failures';
import { sectionsOf } from './sections';
import type { Section } from './sections';

export interface Composed {
  readonly text: string;
  /** Without a template the sections stand one after another, a blank line between them, and nobody's role is told. */
  readonly by: 'template' | 'joining';
  /** Where each section stands in the text. */
  readonly origins: PromptOrigins;
  /** Where in the conversation a UTF-16 offset of the text comes from: for the template's own words, what they precede. */
  toConversation(offset: number): number;
}

/**
 * The last section is the answer that is being written: the whole of it, to the conversation's very end. Throws
 * `conversation-unfinished` when it is not the assistant's, `text-empty` when nothing was said, and what is wrong with
 * the template; that there is none is no failure.
 */
export async function compose(
  conversation: string,
  engine: Pick<EngineClient, 'renderChat'>,
  signal: AbortSignal,
): Promise<Composed> {
  const sections = sectionsOf(conversation) ?? [];
  const answer = sections.at(-1);
  if (answer?.role !== 'assistant') throw fail('conversation-unfinished', {});
  const said = sections.slice(0, -1).filter(({ start, end }) => end > start);
  const open = plain(conversation.slice(answer.start));
  if (said.length === 0 && open.trim() === '') throw fail('text-empty', {});
  const turns = said.map(({ role, start, end }) => ({
    role,
    content: plain(conversation.slice(start, end)),
  }));
  const { by, text, parts, template } = await rendered(turns, engine, signal);
  const opened = { start: text.length, end: text.length + open.length };
  const places = parts.length === said.length ? [...parts, opened] : [opened];
  const from = parts.length === said.length ? [...said, answer] : [answer];
  return {
    by,
    text: text + open,
    origins: {
      template,
      parts: places.flatMap((place, index): OriginPart[] => {
        const role = from[index]?.role;
        return role === undefined || place.start === place.end ? [] : [{ ...place, role }];
      }),
    },
    toConversation: (offset) => origin(offset, { conversation, places, from }),
  };
}

interface Rendered {
  readonly by: Composed['by'];
  readonly text: string;
  readonly parts: readonly ChatPart[];
  readonly template: TemplateSource | undefined;
}

async function rendered(
  turns: Parameters<EngineClient['renderChat']>[0]['turns'],
  engine: Pick<EngineClient, 'renderChat'>,
  signal: AbortSignal,
): Promise<Rendered> {
  try {
    return { by: 'template', ...(await engine.renderChat({ turns }, { signal })) };
  } catch (error) {
    if (failureOf(error).code !== 'chat-template-missing') throw error;
  }
  let text = '';
  const parts = turns.map(({ content }) => {
    const start = text.length;
    text += `${content}\n\n`;
    return { start, end: start + content.length };
  });
  return { by: 'joining', text, parts, template: undefined };
}

function origin(
  offset: number,
  known: {
    readonly conversation: string;
    readonly places: readonly ChatPart[];
    readonly from: readonly Section[];
  },
): number {
  const { conversation, places, from } = known;
  const index = places.findIndex(({ end }) => offset < end);
  const place = places[index];
  const section = from[index];
  if (place === undefined || section === undefined) return conversation.length;
  let at = section.start;
  for (let left = offset - place.start; left > 0; left--) {
    at += conversation.startsWith('\r\n', at) ? 2 : 1;
  }
  return at;
}

/** A template's line ends are \n, however the document writes its own. */
function plain(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
