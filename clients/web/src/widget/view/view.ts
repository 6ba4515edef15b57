// All that is seen of the panel, put together.

import { el } from "../../../../../app/console/view/dom.js";
import type { Message, State } from "../../types";
import { Banner } from "./banner";
import { Composer } from "./composer";
import type { Context } from "./context";
import { Frame } from "./frame";
import { Header, type HeaderActs, type HeaderState } from "./header";
import { Thread } from "./thread";

/** What is shown. */
export interface Shown extends HeaderState {
  messages: readonly Message[];
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
  #frame: Frame;

  constructor(context: Context, acts: HeaderActs & { tryNow(): void }) {
    this.#context = context;
    this.#header = new Header(acts);
    this.banner = new Banner(context.words, () => acts.tryNow());
    this.thread = new Thread(context);
    this.composer = new Composer(context);
    const over = (child: HTMLElement): HTMLElement => el("div", { class: "over" }, child);
    this.#frame = new Frame([
      this.#header.element, over(this.banner.element), this.thread.element, over(this.thread.pill),
      this.composer.element,
    ], () => acts.close());
    this.#frame.say(context.words.aiNote);
  }

  get element(): HTMLElement {
    return this.#frame.element;
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
    const { messages, running, coming, state, why, changing } = shown;
    this.#header.show(this.#context, shown);
    this.banner.show(state, why, navigator.onLine);
    this.thread.show(messages, state === "open" && isAwaited(messages), coming);
    this.composer.show({ running: running && state === "open", closed: changing });
  }

  /** Appear, with the focus in it and the newest message in sight. */
  show(): void {
    this.#frame.show(this.composer.field);
    this.thread.toBottom();
  }

  hide(): void {
    this.#frame.hide();
  }
}

/** Whether the mentors have the last message and have not begun to answer. */
function isAwaited(messages: readonly Message[]): boolean {
  const last = messages.at(-1);
  return last?.role === "user" && last.status === "sent";
}
