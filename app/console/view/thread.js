// The open conversation: items to elements, and the reader's place in it.

import { itemsOf } from "../core/items.js";
import { AnswerView } from "./answer.js";
import { arrange, el, keepFocus } from "./dom.js";
import { FailureView } from "./failure.js";
import { SaidView } from "./said.js";

const NEAR_BOTTOM_PX = 64;
const QUIET_MS = 1_000;

export class Thread {
  #parts;
  #context;
  #views = new Map();
  #stuck = true;
  #place = { top: 0, height: 0 };
  #shown = { key: null, loaded: false, first: null, last: null };
  #quietTimer = null;
  #focusKey = null;
  #wanted = null;
  #ends = new Map();
  #inView = new Set();
  #watch;

  /** `parts`: scroll, thread, log, tail, pill; `context`: words, personas, editing, act. */
  constructor(parts, context) {
    this.#parts = parts;
    this.#context = context;
    parts.scroll.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    parts.pill.addEventListener("click", () => this.toBottom({ smooth: true }));
    const sizes = new ResizeObserver(() => this.#keepPlace());
    sizes.observe(parts.scroll);
    sizes.observe(parts.thread);
    this.#watch = new IntersectionObserver((ends) => this.#cameIntoView(ends), {
      root: parts.scroll, threshold: 0.5,
    });
  }

  /** Other words or personas: everything is built anew. */
  reset() {
    this.#clear();
    this.#parts.log.replaceChildren();
    this.#parts.tail.replaceChildren();
    this.#shown = { ...this.#shown, loaded: false };
  }

  /** The person looks at something: it stays where it is, whatever grows below. */
  lookAround() {
    this.#stuck = false;
  }

  /** Put the focus on an item as soon as it is shown. */
  focusOn(key) {
    this.#focusKey = key;
  }

  /** Go to a message of a conversation as soon as it is shown. */
  jumpTo(sessionId, messageId) {
    this.#wanted = { sessionId, messageId };
  }

  /** Tell of answers whose end is seen by somebody. */
  look() {
    if (document.hidden) return;
    for (const view of this.#inView) if (view.answerId) this.#context.act.saw(view.answerId);
  }

  /** Show a conversation. */
  show(key, state, unconfirmed) {
    const items = itemsOf(state, unconfirmed);
    this.#beQuiet(key, state, items);
    const height = this.#parts.scroll.scrollHeight;
    const views = items.map((item) => this.#view(item));
    const settled = items.filter((item) => item.settled).length;
    const elements = views.map((view) => view.element);
    // moving a finished message into the log is what has it read aloud, once and whole
    keepFocus(() => {
      arrange(this.#parts.tail, elements.slice(settled));
      arrange(this.#parts.log, elements.slice(0, settled));
    });
    this.#focus(items, elements);
    this.#settlePlace(key, items, height);
    this.#jump(key, state, items, elements);
    this.#shown = {
      key, loaded: state.loaded, first: firstKey(items), last: items.at(-1)?.key ?? null,
    };
  }

  /** Go to the newest message. */
  toBottom({ smooth = false } = {}) {
    const { scroll } = this.#parts;
    this.#stuck = true;
    this.#parts.pill.hidden = true;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scroll.scrollTo({ top: scroll.scrollHeight, behavior: smooth && !calm ? "smooth" : "instant" });
  }

  #view(item) {
    const slot = `${item.kind}:${item.key}`;
    let view = this.#views.get(slot);
    if (!view) {
      view = new VIEWS[item.kind](item, this.#context);
      this.#views.set(slot, view);
      if (view.end) this.#ends.set(view.end, view);
      if (view.end) this.#watch.observe(view.end);
    }
    view.update(item);
    return view;
  }

  #focus(items, elements) {
    const at = items.findIndex((item) => item.key === this.#focusKey);
    if (at < 0) return;
    this.#focusKey = null;
    elements[at].focus({ preventScroll: true });
  }

  /** A message that is wanted may lie further back than what is loaded. */
  #jump(key, state, items, elements) {
    if (this.#wanted?.sessionId !== key || !state.loaded) return;
    const { act, hasOlder } = this.#context;
    const at = items.findIndex((item) => holds(item, this.#wanted.messageId));
    const older = hasOlder();
    if (at < 0 && older) act.older();
    if (at < 0 && older !== false) return;
    this.#wanted = null;
    if (at < 0) return act.notShown();
    this.lookAround();
    elements[at].focus({ preventScroll: true });
    elements[at].scrollIntoView({ block: "center" });
    elements[at].classList.add("found");
    elements[at].addEventListener("animationend", () => elements[at].classList.remove("found"), { once: true });
  }

  #cameIntoView(ends) {
    for (const { target, isIntersecting } of ends) {
      const view = this.#ends.get(target);
      if (isIntersecting && view) this.#inView.add(view);
      else this.#inView.delete(view);
    }
    this.look();
  }

  #clear() {
    this.#views.clear();
    this.#ends.clear();
    this.#inView.clear();
    this.#watch.disconnect();
  }

  /** What was said before the page looked is not news. */
  #beQuiet(key, state, items) {
    const shown = this.#shown;
    const goesOn = items.some((item) => item.key === shown.last);
    if (key !== shown.key && !goesOn) this.#clear();
    const opened = shown.last === null ? state.loaded && !shown.loaded : !goesOn;
    const prepended = shown.first !== null && firstKey(items) !== shown.first;
    if (!opened && !prepended) return;
    this.#parts.log.setAttribute("aria-live", "off");
    clearTimeout(this.#quietTimer);
    this.#quietTimer = setTimeout(() => this.#parts.log.setAttribute("aria-live", "polite"), QUIET_MS);
  }

  #settlePlace(key, items, height) {
    const { scroll, pill } = this.#parts;
    const shown = this.#shown;
    const last = items.at(-1);
    if (key !== shown.key || (last?.kind === "said" && last.key !== shown.last && last.id)) {
      this.toBottom();
      if (!items.length) scroll.scrollTop = 0;
    } else if (this.#stuck && items.length) {
      scroll.scrollTop = scroll.scrollHeight;
    } else if (shown.first !== null && firstKey(items) !== shown.first) {
      scroll.scrollTop += scroll.scrollHeight - height;
    } else if (scroll.scrollHeight > height + 8 || last?.key !== shown.last) {
      pill.hidden = false;
    }
  }

  #scrolled() {
    const { scroll, pill } = this.#parts;
    const { scrollTop: top, scrollHeight: height } = scroll;
    const upwards = top < this.#place.top - 2 && height >= this.#place.height;
    this.#stuck = height - top - scroll.clientHeight < (upwards ? 2 : NEAR_BOTTOM_PX);
    this.#place = { top, height };
    if (this.#stuck) pill.hidden = true;
  }

  #keepPlace() {
    if (this.#stuck && this.#shown.last) this.#parts.scroll.scrollTop = this.#parts.scroll.scrollHeight;
  }
}

function holds(item, messageId) {
  return item.messageId === messageId || item.turn?.answer?.id === messageId;
}

function firstKey(items) {
  return items.find((item) => item.kind !== "day")?.key ?? null;
}

class DayView {
  constructor({ at }, { words }) {
    this.element = el("p", { class: "day" }, el("time", { datetime: at }, words.day(at)));
  }

  update() {}
}

class QueuedView {
  constructor(item, { words }) {
    this.element = el("p", { class: "queued" }, words.waitingTurn);
  }

  update() {}
}

const VIEWS = {
  answer: AnswerView, said: SaidView, day: DayView, queued: QueuedView, failure: FailureView,
};
