// The head of the panel: who is here, and what can be done with the conversation as a whole.

import { el, setText } from "../../../../../app/console/view/dom.js";
import { anyMark, icon, mark } from "../../../../../app/console/view/icons.js";
import { type Context, personaIn } from "./context";

/** What the buttons of the head do. */
export interface HeaderActs {
  list(): void;
  go(): void;
  notify(): void;
  close(): void;
}

/** The head of the panel. */
export class Header {
  readonly element = el("header", { class: "head", part: "header" });
  readonly list: HTMLElement;
  readonly close: HTMLElement;
  #back = icon("back");
  #dot = el("i", { class: "dot", hidden: true });
  #face = el("span", { class: "face" });
  #title = el("h2", { id: "title", part: "title" });
  #subtitle = el("p", { class: "subtitle", part: "subtitle" });
  #begin: HTMLElement;
  #notify: HTMLElement;

  constructor(acts: HeaderActs) {
    this.list = tool("menu", acts.list);
    this.list.append(this.#back, this.#dot);
    this.#begin = tool("pencil", () => acts.go());
    this.#notify = tool("bell", acts.notify);
    this.close = tool("close", acts.close);
    const words = el("div", { class: "head-words" }, this.#title, this.#subtitle);
    this.element.append(this.list, this.#face, words, this.#notify, this.#begin, this.close);
  }

  show(context: Context, { title, close, persona, canNotify, spoken, canList, listing, elsewhere }: HeaderState): void {
    const { words, personas } = context;
    const chosen = personaIn(context, persona);
    this.#face.replaceChildren(chosen ? mark(chosen) : anyMark(personas));
    setText(this.#title, listing ? words.list : title);
    setText(this.#subtitle, chosen ? `${chosen.name} · ${chosen.role}` : words.subtitle);
    this.#notify.hidden = !canNotify;
    this.#begin.hidden = !spoken && !listing;
    this.list.hidden = !canList;
    this.#dot.hidden = !elsewhere || listing;
    for (const [each, name] of [
      [this.list, listing ? words.listBack : elsewhere ? `${words.list}, ${words.unread(elsewhere)}` : words.list],
      [this.#begin, words.newChat], [this.#notify, words.notify], [this.close, close],
    ] as const) {
      each.ariaLabel = name;
      each.title = name;
    }
  }
}

/** What the head shows. */
export interface HeaderState {
  title: string;
  close: string;
  persona: string;
  canNotify: boolean;
  spoken: boolean;
  canList: boolean;
  /** Whether the conversations are shown. */
  listing: boolean;
  /** How many answers are unread in other conversations. */
  elsewhere: number;
}

function tool(name: string, onclick: () => void): HTMLElement {
  return el("button", { type: "button", class: "icon-button", part: "tool", onclick }, icon(name));
}
