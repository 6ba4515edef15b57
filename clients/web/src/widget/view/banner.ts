// How the connection is, told in words once it matters.

import { el, setText } from "../../../../../app/console/view/dom.js";
import type { State } from "../../types";
import type { PanelWords } from "../panel/words";
import { button } from "./said";

const PATIENCE_MS = 1_200;
const GOOD_NEWS_MS = 2_500;

/** Hangs over the conversation, so that nothing jumps when it comes and goes. */
export class Banner {
  readonly element = el("div", { class: "banner", part: "banner", "data-mood": "" });
  #text = el("p", { role: "status" });
  #way: HTMLElement;
  #words: PanelWords;
  #trouble = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #passing: ReturnType<typeof setTimeout> | undefined;
  #key = "";

  constructor(words: PanelWords, tryNow: () => void) {
    this.#words = words;
    this.#way = button(words.tryNow, tryNow);
    this.#way.hidden = true;
    this.element.append(this.#text, this.#way);
  }

  /** Other words. */
  reset(words: PanelWords): void {
    this.#words = words;
    setText(this.#way, words.tryNow);
    this.#key = "";
  }

  /** Show a state; short interruptions are nobody's business. */
  show(state: State, why: string, online: boolean): void {
    const key = `${state} ${why} ${online}`;
    if (key === this.#key) return;
    this.#key = key;
    clearTimeout(this.#timer);
    if (!online || state === "denied") return this.#say(this.#wordsOf(state, why, online), state);
    if (state === "open" || state === "idle") return this.#over();
    const say = (): void => this.#say(this.#wordsOf(state, why, online), state);
    if (this.#trouble) say();
    else this.#timer = setTimeout(say, PATIENCE_MS);
  }

  /** Say something that passes. */
  tell(text: string): void {
    this.#pass(text, GOOD_NEWS_MS * 2);
  }

  #wordsOf(state: State, why: string, online: boolean): string {
    const { offline, replaced, forbidden, connecting, reconnecting } = this.#words;
    if (!online) return offline;
    if (state === "denied") return why === "replaced" ? replaced : forbidden;
    return state === "connecting" && !this.#trouble ? connecting : reconnecting;
  }

  #say(text: string, state: State): void {
    this.#trouble = true;
    this.#put(text, "bad", state === "waiting" || state === "denied");
  }

  #over(): void {
    if (!this.#trouble) return;
    this.#trouble = false;
    this.#pass(this.#words.back, GOOD_NEWS_MS);
  }

  /** Say good news for a while; states come and go meanwhile. */
  #pass(text: string, ms: number): void {
    this.#put(text, "good", false);
    clearTimeout(this.#passing);
    this.#passing = setTimeout(() => this.#trouble || this.#hide(), ms);
  }

  #put(text: string, mood: "good" | "bad", way: boolean): void {
    this.element.dataset.mood = mood;
    this.#way.hidden = !way;
    setText(this.#text, text);
  }

  #hide(): void {
    this.element.dataset.mood = "";
    this.#way.hidden = true;
    setText(this.#text, "");
  }
}
