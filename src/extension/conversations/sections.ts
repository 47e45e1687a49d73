/**
 * Conversations as a person writes them: a Markdown text whose first line, and whose sections' first lines, are `# system`,
 * `# developer`, `# user` or `# assistant`. Lines inside a fenced block are no headings.
 */
import type { ChatRole } from '../../protocol/chat';

export interface Section {
  readonly role: ChatRole;
  /** UTF-16 offsets of what it says, without the blank lines and spaces around it. */
  readonly start: number;
  readonly end: number;
}

/** The sections of an empty conversation, with the caret's place in the one that is filled in first. */
export const emptyConversation = {
  content: '# system\n\n\n# developer\n\n\n# user\n\n\n# assistant\n\n',
  line: 7,
} as const;

const roles: readonly ChatRole[] = ['system', 'developer', 'user', 'assistant'];

/** Undefined for a text that is no conversation: one that begins with anything but such a heading. */
export function sectionsOf(text: string): readonly Section[] | undefined {
  const headings = headingsOf(text);
  const [first] = headings;
  if (first === undefined || text.slice(0, first.start).trim() !== '') return undefined;
  return headings.map(({ role, end: from }, index) => {
    const to = headings[index + 1]?.start ?? text.length;
    const start = from + (/^(?:[ \t]*\r?\n)*/.exec(text.slice(from, to))?.[0].length ?? 0);
    return { role, start, end: start + text.slice(start, to).trimEnd().length };
  });
}

interface Heading {
  readonly role: ChatRole;
  readonly start: number;
  /** Of the heading's words; its line end belongs to what follows. */
  readonly end: number;
}

function headingsOf(text: string): Heading[] {
  const headings: Heading[] = [];
  let fence: string | undefined;
  let start = 0;
  for (const line of text.split('\n')) {
    const [, run = ''] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
    if (fence === undefined && run !== '') fence = run;
    else if (fence !== undefined && run.startsWith(fence)) fence = undefined;
    const [words = '', name] = /^# +([a-z]+)[ \t]*(?=\r?$)/.exec(line) ?? [];
    const role = roles.find((known) => known === name);
    if (role !== undefined && fence === undefined) {
      headings.push({ role, start, end: start + words.length });
    }
    start += line.length + 1;
  }
  return headings;
}
