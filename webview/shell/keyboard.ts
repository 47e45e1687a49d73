/** The keys. A view's own moves come first; what it does not take moves the token, the block, the head, the step. */
import { steps } from '../../src/protocol/axes';
import type { Place } from '../../src/protocol/panelApi';
import type { Store } from '../store';
import type { Direction } from '../view';
import type { Stages } from '../views';
import { offerPictures, toggleCopies } from './head';

const order: readonly Place['step'][] = ['overview', ...steps];

export function watchKeyboard(store: Store, stages: Stages): void {
  window.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const action = actionFor(event, store, stages);
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}

type Action = () => void;

/** While the text of one step back is run, the next may be asked for: none of a few fast presses is lost. */
function isStepping({ condition, state }: Store): boolean {
  const { run, generation } = state.value ?? {};
  const isRunning = condition.value?.kind === 'running' && run !== undefined;
  return isRunning && generation?.running === false;
}

function actionFor(event: KeyboardEvent, store: Store, stages: Stages): Action | undefined {
  if (event.key === 'Escape')
    return () => {
      escape(store, stages);
    };
  if (event.key === '?')
    return () => {
      store.sheets.keysShown.value = !store.sheets.keysShown.value;
    };
  const target = event.target instanceof Element ? event.target : undefined;
  if (target?.closest('input, select, textarea, vscode-text-field')) return undefined;
  if (event.key.toLowerCase() === 'b' && isStepping(store))
    return () => {
      store.inspector.host.goBy({ by: -1 });
    };
  // Without a picture there is nothing to move in.
  if (store.condition.value?.kind !== 'ready' || !store.state.value?.run) return undefined;
  const pressesButton = event.key === 'Enter' || event.key === ' ';
  if (pressesButton && target?.closest('button, a, summary, vscode-button')) return undefined;
  return movements(store, stages, event);
}

function movements(store: Store, stages: Stages, event: KeyboardEvent): Action | undefined {
  const { set } = store.inspector;
  const step = steps[Number(event.key) - 1];
  if (step)
    return () => {
      set({ step });
    };
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const back = event.shiftKey ? -1 : 1;
  return { ...pointing(store, stages), ...going(store, stages, back) }[key];
}

type Actions = Readonly<Record<string, Action>>;

/** Keys that move what is pointed at: the view's own cell first, else the token and the block. */
function pointing(store: Store, stages: Stages): Actions {
  const { set, place } = store.inspector;
  const { moves } = stages.view.value;
  const { block } = place.value;
  return {
    ArrowLeft: () => {
      if (!moves?.x?.(-1)) moveToken(store, -1);
    },
    ArrowRight: () => {
      if (!moves?.x?.(1)) moveToken(store, 1);
    },
    ArrowUp: () => {
      if (!moves?.y?.(-1)) set({ block: block - 1 });
    },
    ArrowDown: () => {
      if (!moves?.y?.(1)) set({ block: block + 1 });
    },
    Enter: () => moves?.enter?.(),
  };
}

/** Keys that go somewhere or do something, whatever the view. `space` is the direction of the space bar: back with Shift. */
function going(store: Store, stages: Stages, space: Direction): Actions {
  const { set, place, host, t } = store.inspector;
  const { block, head, table, token } = place.value;
  const go = (patch: Partial<Place>) => () => {
    set(patch);
  };
  const on = (by: Direction) => () => {
    forward(store, stages, by);
  };
  return {
    '0': go({ step: 'overview' }),
    '[': go({ block: block - 1 }),
    ']': go({ block: block + 1 }),
    ',': go({ head: head - 1 }),
    '.': go({ head: head + 1 }),
    n: on(1),
    p: on(-1),
    ' ': on(space),
    t: go({ table: !table }),
    m: () => stages.view.value.moves?.edit?.(),
    c: () => {
      toggleCopies(store);
    },
    s: () => {
      offerPictures(store);
    },
    l: () => {
      host.copyLink();
      store.inspector.say(t('sharing.copied'));
    },
    v: () => {
      store.sheets.toggleVerification();
    },
    Backspace: () => {
      store.walk(space > 0 ? -1 : 1);
    },
    d: () => {
      host.chooseComparison();
    },
    f: () => {
      store.sheets.toggleTimes();
    },
    e: () => {
      host.reveal({ token });
    },
    g: () => {
      host.generate({ count: 1 });
    },
    b: () => {
      host.goBy({ by: -1 });
    },
  };
}

function moveToken({ inspector }: Store, by: Direction): void {
  const { place, set, labels, say, subject } = inspector;
  const first = subject.value.run.dropped;
  const token = Math.max(first, place.value.token + by);
  set({ token, cell: undefined });
  const { position } = place.value;
  say(`${String(position)}: ${labels.plain(position)}`);
}

/** The next or previous stage, running on into the next step. */
function forward({ inspector }: Store, stages: Stages, by: Direction): void {
  const { place, set } = inspector;
  if (stages.view.value.moves?.stage?.(by)) return;
  const step = order[order.indexOf(place.value.step) + by];
  if (step === undefined) return;
  // Attention is entered at its near end.
  const isAttend = step === 'attend';
  set({ step, cell: undefined, ...(isAttend ? { stage: by > 0 ? 0 : 6, open: by < 0 } : {}) });
}

/** Frees the innermost thing: a sheet, the lock, the view's own, then the step. */
function escape(store: Store, stages: Stages): void {
  const { place, set } = store.inspector;
  if (store.sheets.keysShown.value) store.sheets.keysShown.value = false;
  else if (store.sheets.copies.value) store.sheets.closeCopies();
  else if (store.sheets.verified.value) store.sheets.closeVerification();
  else if (store.sheets.timesShown.value && isIn('.times')) store.sheets.toggleTimes();
  else if (store.sheets.samplingShown.value) store.sheets.samplingShown.value = false;
  else if (store.condition.value?.kind !== 'ready') return;
  else if (place.value.cell) set({ cell: undefined });
  else if (!stages.view.value.moves?.close?.()) set({ step: 'overview' });
}

function isIn(selector: string): boolean {
  return document.querySelector(`${selector}:focus-within`) !== null;
}
