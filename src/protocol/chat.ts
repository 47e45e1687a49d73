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
  /** The file of the model's folder that has the template, and what it says: Jinja. */
  readonly template: TemplateSource;
  /** Where each turn's content stands in the text; empty when the template does not keep the contents as they are. */
  readonly parts: readonly ChatPart[];
}

/** UTF-16 offsets in the rendered text. */
export interface ChatPart {
  readonly start: number;
  readonly end: number;
}

export interface TemplateSource {
  readonly file: string;
  readonly source: string;
}

/** Who wrote the parts of a prompt that was put together of several. */
export interface PromptOrigins {
  /**
   * What put them together: a template, or the headings of the document that they were selected in. Undefined where the
   * model has no template and they simply follow one another.
   */
  readonly template: TemplateSource | 'headings' | undefined;
  /** In their order. What is in none of them was written by the template, or keeps the parts apart. */
  readonly parts: readonly OriginPart[];
}

export interface OriginPart extends ChatPart {
  readonly role: ChatRole;
}
