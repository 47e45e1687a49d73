/** Conversations as chat templates take them, and what a template makes of one. */

/** Templates may know fewer. */
export type ChatRole = 'system' | 'developer' | 'user' | 'assistant';

export interface ChatTurn {
  readonly role: ChatRole;
  readonly content: string;
}

export interface RenderedChat {
  /** All turns and the opening of the assistant's next one, special tokens written out. */
  readonly text: string;
  /** Where each turn's content stands in the text; empty when the template does not keep the contents as they are. */
  readonly parts: readonly ChatPart[];
}

/** UTF-16 offsets in the rendered text. */
export interface ChatPart {
  readonly start: number;
  readonly end: number;
}
