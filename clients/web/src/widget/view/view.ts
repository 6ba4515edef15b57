// All that is seen of the panel, put together.

import { el } from "../../../../../app/console/view/dom.js";
import type { Message, State } from "../../types";
import { Banner } from "./banner";
import { Composer } from "./composer";
import type { Context } from "./context";
import { Frame } from "./frame";
import { ConversationList, type ListState } from "./list";
import { Header, type HeaderActs, type HeaderState } from "./header";
import { Thread } from "./thread";

/** What is shown. */
export interface Shown extends Omit<HeaderState, "listing">, ListState {
  messages: readonly Message[];
  /** Whether the messages are still to come. */
  fetching: boolean;
  /** Whether an answer is being written. */
  running: boolean;
  /** Who is about to answer, when that is known. */
  coming: string;
  state: State;
  why: string;
  /** Whether nothing can be said at the moment. */
  changing: boolean;
}

/** The parts of the panel. */
export class View {
  readonly composer: Composer;
  readonly banner: Banner;
  readonly thread: Thread;
  #context: Context;
  #header: Header;
  #list: ConversationList;
  #frame: Frame;

  constructor(context: Context, acts: HeaderActs & { tryNow(): void }) {
    this.#context = context;
    this.#header = new Header(acts);
    this.banner = new Banner(context.words, () => acts.tryNow());
    this.thread = new Thread(context);
    this.composer = new Composer(context);
    this.#list = new ConversationList(context);
    const over = (child: HTMLElement): HTMLElement => el("div", { class: "over" }, child);
    const body = el("div", { class: "body" }, over(this.banner.element), this.thread.element,
      over(this.thread.pill), this.composer.element, this.#list.element);
    this.#frame = new Frame([this.#header.element, body], () => (this.listing ? acts.list() : acts.close()));
    this.#frame.say(context.words.aiNote);
  }

  get element(): HTMLElement {
    return this.#frame.element;
  }

  /** Whether the conversations are shown in place of the one that is open. */
  get listing(): boolean {
    return !this.#list.element.hidden;
  }

  /** Other words or personas. */
  reset(context: Context): void {
    this.#context = context;
    this.banner.reset(context.words);
    this.thread.reset(context);
    this.composer.reset(context);
    this.#frame.say(context.words.aiNote);
  }

  draw(shown: Shown): void {
    const { messages, fetching, running, coming, state, why, changing } = shown;
    this.#header.show(this.#context, { ...shown, listing: this.listing });
    this.banner.show(state, why, navigator.onLine);
    this.thread.show(messages, state === "open" && isAwaited(messages), coming, fetching);
    this.composer.show({ running: running && state === "open", closed: changing });
    // what nobody looks at is in no document
    this.#list.show(this.#context, this.listing ? shown : { ...shown, rows: [] });
  }

  /** Appear, with the focus in it and the newest message in sight. */
  show(): void {
    this.#frame.show(this.composer.field);
    this.thread.toBottom();
  }

  /** Show the conversations, or the one that is open again. */
  list(open: boolean): void {
    this.#list.element.hidden = !open;
    this.element.classList.toggle("listing", open);
  }

  /** Move the focus into the conversations, or to the button that leads there. */
  focusList(): void {
    ((this.listing && this.#list.first) || this.#header.list).focus();
  }

  /** Show no list any more; the focus goes along when it was in there. */
  leave(): void {
    const within = this.#list.element.matches(":focus-within");
    this.list(false);
    if (within) this.enter();
  }

  /** Move the focus to where something can be said. */
  enter(): void {
    this.#frame.enter(this.composer.field);
  }

  hide(): void {
    this.list(false);
    this.#frame.hide();
  }
}

/** Whether the mentors have the last message and have not begun to answer. */
function isAwaited(messages: readonly Message[]): boolean {
  const last = messages.at(-1);
  return last?.role === "user" && last.status === "sent";
}
