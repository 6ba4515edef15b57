// The person's conversations, in the place of the one that is shown.

import { arrange, el, setText } from "../../../../../app/console/view/dom.js";
import { type Context, tongueOf } from "./context";
import { button } from "./said";
import { when } from "./when";

/** A conversation as it is listed. */
export interface Row {
  /** The session's id, or its key. */
  name: string;
  title: string;
  last: string;
  /** When something was said, in milliseconds. */
  at: number;
  unread: number;
  state: "" | "queued" | "failed" | "answering";
  /** Whether it is the one that is open. */
  shown: boolean;
}

/** What the list shows. */
export interface ListState {
  rows: readonly Row[];
  /** Whether the rows are what the server has; null before it has answered. */
  fresh: boolean | null;
  more: boolean;
}

/** A row as it stands, and of what. */
interface Item {
  element: HTMLElement;
  facts: string;
}

/** The list, and a way to older ones. */
export class ConversationList {
  readonly element = el("section", { class: "list", part: "list", "aria-labelledby": "title", hidden: true });
  #hint = el("p", { class: "hint", role: "status" });
  #rows = el("ul", { class: "rows", role: "list" });
  #more: HTMLElement;
  #items = new Map<string, Item>();
  #context: Context;

  constructor(context: Context) {
    this.#context = context;
    this.#more = button("", () => this.#context.act.more());
    this.element.append(this.#hint, this.#rows, this.#more);
  }

  /** The row that the focus goes to: of the conversation that is open, or the first; null without any. */
  get first(): HTMLElement | null {
    return this.#rows.querySelector("[aria-current]") ?? this.#rows.querySelector("button");
  }

  show(context: Context, { rows, fresh, more }: ListState): void {
    const { words } = context;
    if (words !== this.#context.words) this.#items.clear();
    this.#context = context;
    setText(this.#hint, fresh === false ? words.listOld : rows.length ? "" : fresh ? words.listNone : words.fetching);
    setText(this.#more, words.listMore);
    this.#arrange(rows, more);
  }

  /** What moved or went does not take the focus with it. */
  #arrange(rows: readonly Row[], more: boolean): void {
    const focused = this.element.querySelector<HTMLElement>(":focus");
    const before = this.#rows.childElementCount;
    this.#items = new Map(rows.map((row) => [row.name, this.#item(row)]));
    arrange(this.#rows, [...this.#items.values()].map(({ element }) => element));
    this.#more.hidden = !more;
    if (!focused || focused.matches(":focus")) return;
    const next = focused === this.#more ? this.#rows.children[before]?.firstElementChild : focused;
    (next?.isConnected ? next as HTMLElement : this.first)?.focus();
  }

  #item(row: Row): Item {
    const { name, at } = row;
    const onclick = (): void => this.#context.act.go(name);
    const known = this.#items.get(name);
    const element = known?.element ?? el("li", {}, el("button", { type: "button", class: "row", part: "row", onclick }));
    const time = when(at, Date.now(), this.#context.tongue);
    const facts = JSON.stringify([row, time]);
    if (facts !== known?.facts) this.#fill(element.firstElementChild as HTMLElement, row, time);
    return { element, facts };
  }

  #fill(line: HTMLElement, { title, last, at, unread, state, shown }: Row, time: string): void {
    const { words } = this.#context;
    line.ariaCurrent = shown ? "true" : null;
    line.dataset.state = state;
    line.replaceChildren(
      said("row-title", title || words.newChat),
      el("time", { datetime: new Date(at).toISOString() }, time),
      state ? el("span", { class: "row-last" }, words[state]) : said("row-last", last),
      ...(unread ? [el("span", { class: "unread" }, words.unread(unread))] : []),
    );
  }
}

/** Return somebody's words, on one line. */
function said(name: string, text: string): HTMLElement {
  return el("span", { class: name, dir: "auto", lang: tongueOf(text) }, text);
}
