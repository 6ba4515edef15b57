// The conversation: messages to elements, and the reader's place in it.

import { arrange, el, setText } from "../../../../../app/console/view/dom.js";
import { icon } from "../../../../../app/console/view/icons.js";
import type { Message } from "../../types";
import { AnswerView } from "./answer";
import type { Context } from "./context";
import { SaidView } from "./said";
import { welcome } from "./welcome";

const NEAR_PX = 56;
const FIRST_PX = 160;
const QUIET_MS = 1_000;
const AWAITED = "awaited";

/** The part of the panel that scrolls. */
export class Thread {
  readonly element = el("div", { class: "scroll", part: "log", tabindex: "0", role: "group" });
  readonly pill = el("button", { type: "button", class: "pill", part: "pill", hidden: true });
  #context: Context;
  #welcome = el("div", { class: "welcome", part: "welcome" });
  #fetching = el("p", { class: "hint", hidden: true });
  // what is finished stands in the log, which is read aloud; what is being written does not
  #log = el("div", { class: "items", role: "log", "aria-live": "off", "aria-relevant": "additions" });
  #tail = el("div", { class: "items" });
  #views = new Map<string, SaidView | AnswerView>();
  #stuck = true;
  #height = 0;
  #last = "";
  #first = "";
  #quiet: ReturnType<typeof setTimeout> | undefined;

  constructor(context: Context) {
    this.#context = context;
    this.element.append(this.#welcome, this.#fetching, this.#log, this.#tail);
    this.element.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.pill.addEventListener("click", () => this.toBottom());
    const sizes = new ResizeObserver(() => this.#keepPlace());
    for (const each of [this.element, this.#welcome, this.#log, this.#tail]) sizes.observe(each);
    this.reset(context);
  }

  /** Other words or personas, or another person: everything is built anew. */
  reset(context: Context): void {
    const { words } = (this.#context = context);
    this.#views.clear();
    this.#log.replaceChildren();
    this.#tail.replaceChildren();
    this.#welcome.replaceChildren(...welcome(context));
    setText(this.#fetching, words.fetching);
    this.element.ariaLabel = words.conversation;
    this.#log.ariaLabel = words.conversation;
    this.pill.replaceChildren(icon("down"), words.toBottom);
    this.#first = this.#last = "";
    this.#beQuiet();
  }

  /**
   * Show messages; `awaited` says that an answer to the last one is on its way, and `coming` whose;
   * `fetching` that there are some which are not here yet.
   */
  show(messages: readonly Message[], awaited: boolean, coming: string, fetching: boolean): void {
    const first = messages[0]?.key ?? "";
    const { scrollHeight, scrollTop } = this.element;
    const other = first !== this.#first;
    const prepended = other && messages.some(({ key }) => key === this.#first);
    if (other) this.#beQuiet();
    this.#first = first;
    this.#fetching.hidden = !fetching;
    this.#welcome.hidden = messages.length > 0 || fetching;
    const elements = messages.map((each, at) => this.#shown(each, at === messages.length - 1));
    if (awaited) elements.push(this.#awaited(coming));
    else this.#views.delete(AWAITED);
    const settled = settledIn(messages);
    this.#keepFocus(() => {
      arrange(this.#tail, elements.slice(settled));
      arrange(this.#log, elements.slice(0, settled));
    });
    if (prepended) this.element.scrollTop = scrollTop + this.element.scrollHeight - scrollHeight;
    this.#settle(messages);
  }

  /** Go to the newest message. */
  toBottom(): void {
    this.#stuck = true;
    this.pill.hidden = true;
    this.element.scrollTop = this.element.scrollHeight;
    this.#context.act.seen();
  }

  /** Whether the newest message is on the screen, as far as it fits. */
  get atBottom(): boolean {
    return this.#stuck;
  }

  #shown(message: Message, last: boolean): HTMLElement {
    let view = this.#views.get(message.key);
    if (message.role === "user") {
      const said = view instanceof SaidView ? view : new SaidView(this.#context);
      said.update(message);
      view = said;
    } else {
      const answer = view instanceof AnswerView ? view : this.#newAnswer();
      answer.update(message, last);
      view = answer;
    }
    this.#views.set(message.key, view);
    return view.element;
  }

  /** The place where an answer was awaited becomes the answer, so that nothing jumps. */
  #newAnswer(): AnswerView {
    const awaited = this.#views.get(AWAITED);
    this.#views.delete(AWAITED);
    return awaited instanceof AnswerView ? awaited : new AnswerView(this.#context);
  }

  #awaited(coming: string): HTMLElement {
    const known = this.#views.get(AWAITED);
    const view = known instanceof AnswerView ? known : new AnswerView(this.#context);
    view.await(coming);
    this.#views.set(AWAITED, view);
    return view.element;
  }

  #keepFocus(act: () => void): void {
    const root = this.element.getRootNode() as ShadowRoot;
    const focused = root.activeElement as HTMLElement | null;
    act();
    if (focused?.isConnected && root.activeElement !== focused) focused.focus({ preventScroll: true });
  }

  /** What was said before somebody looked is not news. */
  #beQuiet(): void {
    this.#log.ariaLive = "off";
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => (this.#log.ariaLive = "polite"), QUIET_MS);
  }

  #settle(messages: readonly Message[]): void {
    const last = messages.at(-1);
    const key = `${last?.key} ${last?.status}`;
    const grew = key !== this.#last || this.element.scrollHeight > this.#height + 8;
    const own = last?.role === "user" && last.status === "queued" && key !== this.#last;
    this.#last = key;
    this.#height = this.element.scrollHeight;
    if (own || this.#stuck) this.toBottom();
    else if (grew) this.pill.hidden = false;
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    this.#stuck = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (scrollTop < FIRST_PX && this.#first) this.#context.act.older();
    if (!this.#stuck) return;
    this.pill.hidden = true;
    this.#context.act.seen();
  }

  #keepPlace(): void {
    if (this.#stuck) this.element.scrollTop = this.element.scrollHeight;
  }
}

/** Return how many messages from the first on will not change any more. */
function settledIn(messages: readonly Message[]): number {
  const open = messages.findIndex(({ status }) => status === "queued" || status === "streaming");
  const until = open < 0 ? messages.length : open;
  const answer = messages.slice(0, until).findLastIndex(({ role }) => role === "assistant");
  return answer + 1;
}
