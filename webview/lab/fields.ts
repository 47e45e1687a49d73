/** The controls of the lab's forms. What is typed and not allowed is marked and said; it is not taken. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { numberIn, type Allowed } from '../settings';

interface Labelled {
  readonly label: string;
  readonly hint?: string;
  readonly disabled?: boolean;
}

export interface NumberField extends Labelled {
  /** Empty where there is none yet. */
  readonly value: number | '';
  readonly allowed: Allowed;
  readonly take: (value: number) => void;
}

export function numberField(field: NumberField): TemplateResult {
  const { label, hint, value, allowed, disabled, take } = field;
  return html`<label class="field" title=${hint ?? nothing}
    ><span>${label}</span
    ><input
      class="number"
      inputmode="decimal"
      .value=${live(String(value))}
      ?disabled=${disabled ?? false}
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const entered = numberIn(input.value, allowed);
        input.setAttribute('aria-invalid', String(entered === undefined));
        if (entered !== undefined) take(entered);
      }}
  /></label>`;
}

export interface Choice<Value extends string> extends Labelled {
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, name: string])[];
  readonly take: (value: Value) => void;
}

export function choice<Value extends string>(field: Choice<Value>): TemplateResult {
  const { label, hint, value, options, disabled, take } = field;
  return html`<label class="field" title=${hint ?? nothing}
    ><span>${label}</span
    ><select
      ?disabled=${disabled ?? false}
      @change=${(event: Event) => {
        const at = (event.target as HTMLSelectElement).selectedIndex;
        const chosen = options[at];
        if (chosen !== undefined) take(chosen[0]);
      }}
    >
      ${options.map(
        ([option, name]) =>
          html`<option value=${option} .selected=${live(option === value)}>${name}</option>`,
      )}
    </select></label
  >`;
}

export interface Check extends Labelled {
  readonly checked: boolean;
  readonly take: (checked: Check['checked']) => void;
}

export function check({ label, hint, checked, disabled, take }: Check): TemplateResult {
  return html`<label class="check" title=${hint ?? nothing}
    ><input
      type="checkbox"
      .checked=${live(checked)}
      ?disabled=${disabled ?? false}
      @change=${(event: Event) => {
        take((event.target as HTMLInputElement).checked);
      }}
    /><span>${label}</span></label
  >`;
}

export interface TextField extends Labelled {
  readonly value: string;
  readonly lines?: number;
  readonly placeholder?: string;
  readonly take: (value: string) => void;
}

export function textField(field: TextField): TemplateResult {
  const { label, hint, value, lines, placeholder, disabled, take } = field;
  const onChange = (event: Event): void => {
    take((event.target as HTMLInputElement).value);
  };
  return html`<label class="field wide" title=${hint ?? nothing}
    ><span>${label}</span>${
      lines === undefined
        ? html`<input
            .value=${live(value)}
            placeholder=${placeholder ?? nothing}
            ?disabled=${disabled ?? false}
            @change=${onChange}
          />`
        : html`<textarea
            rows=${lines}
            .value=${live(value)}
            placeholder=${placeholder ?? nothing}
            ?disabled=${disabled ?? false}
            @change=${onChange}
          ></textarea>`
    }</label
  >`;
}

export interface Slider extends Labelled {
  readonly value: number;
  /** The last of the places 0, 1, … */
  readonly last: number;
  /** What is said of a place. */
  readonly says: string;
  readonly take: (value: number) => void;
}

/** A scrubber: dragging it takes each place it passes. */
export function slider({ label, value, last, says, disabled, take }: Slider): TemplateResult {
  return html`<label class="field scrubber"
    ><span>${label} <b class="num">${says}</b></span
    ><input
      type="range"
      min="0"
      max=${last}
      step="1"
      .value=${live(String(value))}
      aria-valuetext=${says}
      ?disabled=${disabled ?? false}
      @input=${(event: Event) => {
        take(Number((event.target as HTMLInputElement).value));
      }}
  /></label>`;
}

export interface Press {
  readonly label: string;
  readonly press: () => void;
  readonly disabled?: boolean;
  readonly appearance?: 'primary' | 'secondary';
  readonly title?: string;
  /** Keeps the focus when the button is drawn anew. */
  readonly focus?: string;
}

export function pressButton({
  label,
  press,
  disabled,
  appearance,
  title,
  focus,
}: Press): TemplateResult {
  return html`<vscode-button
    appearance=${appearance ?? 'secondary'}
    ?disabled=${disabled ?? false}
    title=${title ?? nothing}
    data-focus=${focus ?? nothing}
    @click=${press}
    >${label}</vscode-button
  >`;
}
