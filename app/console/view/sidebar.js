// The list of conversations; a drawer on phones.

import { languageOf } from "../core/text.js";
import { arrange, el, keepFocus, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";

export class Sidebar {
  #parts;
  #context;
  #rows = new Map();
  #list = el("ul");
  #none = el("p", { class: "none" });
  #more;

  /** `parts`: sidebar, scrim, main, openList, closeList, place; `context`: words, act. */
  constructor(parts, context) {
    this.#parts = parts;
    this.#context = context;
    this.#more = el("button", { type: "button", class: "quiet-button", hidden: true, onclick: () => context.act.more() });
    parts.place.append(this.#list, this.#none, this.#more);
    parts.openList.addEventListener("click", () => this.toggle(true));
    for (const away of [parts.closeList, parts.scrim]) away.addEventListener("click", () => this.toggle(false));
    parts.sidebar.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.toggle(false);
    });
    matchMedia("(min-width: 800px)").addEventListener("change", () => this.toggle(false));
  }

  /** Open or close the drawer. */
  toggle(open) {
    const { sidebar, scrim, main, openList, closeList } = this.#parts;
    if (open === sidebar.classList.contains("open")) return;
    sidebar.classList.toggle("open", open);
    scrim.hidden = !open;
    main.inert = open;
    openList.setAttribute("aria-expanded", String(open));
    (open ? closeList : openList).focus();
  }

  /** Other words: everything is built anew. */
  reset() {
    this.#rows.clear();
    this.#list.replaceChildren();
  }

  /** Show the conversations; `running(id)` and `unread(session)` tell of each. */
  show({ shelf: { sessions, listed, nextPage }, localSessions, current }, { running, unread }) {
    const { words } = this.#context;
    const all = [...localSessions, ...sessions];
    keepFocus(() => arrange(this.#list, all.map((session) =>
      this.#row(session, current, running(session.id), unread(session)))));
    this.#none.hidden = all.length > 0 || !listed;
    setText(this.#none, words.noSessions);
    this.#more.hidden = !nextPage;
    setText(this.#more, words.more);
  }

  #row(session, current, running, unread) {
    const row = this.#rows.get(session.id) ?? this.#newRow(session.id);
    const { words } = this.#context;
    const title = session.title || words.untitled;
    row.session = session;
    setText(row.name, title);
    row.name.lang = languageOf(title);
    const local = session.id.startsWith("new:");
    setAttribute(row.element, "data-private", Boolean(session.private));
    row.lock.hidden = !session.private;
    setText(row.secret, words.memory.privateRow);
    const busy = local ? words.notSent : running || session.running ? words.answering : "";
    const last = busy || session.last_text || "";
    setText(row.last, last.replace(/[*`#|]+/g, ""));
    row.last.lang = busy ? document.documentElement.lang : languageOf(last);
    setAttribute(row.link, "aria-current", session.id === current && "page");
    setAttribute(row.element, "data-busy", Boolean(busy));
    row.badge.hidden = !unread;
    setText(row.count, unread ? String(unread) : "");
    setText(row.unread, unread ? words.unread(unread) : "");
    setAttribute(row.options, "aria-label", words.options(title));
    return row.element;
  }

  #newRow(id) {
    const { act } = this.#context;
    const name = el("span", { class: "row-name" });
    const secret = el("span", { class: "visually-hidden" });
    const lock = el("span", { class: "row-lock", hidden: true }, icon("lock"), secret);
    const title = el("span", { class: "row-title" }, lock, name);
    const last = el("span", { class: "row-last" });
    const count = el("span", { "aria-hidden": "true" });
    const unread = el("span", { class: "visually-hidden" });
    const badge = el("span", { class: "badge", hidden: true }, count, unread);
    const link = el("a", { href: `#${id}`, class: "row-link" }, title, last, badge);
    const options = el("button", {
      type: "button", class: "icon-button", "aria-haspopup": "dialog", onclick: () => act.options(row.session),
    }, icon("more"));
    const element = el("li", {}, link, options);
    const row = { name, lock, secret, last, badge, count, unread, link, options, element, session: null };
    link.addEventListener("click", () => this.toggle(false));
    this.#rows.set(id, row);
    return row;
  }
}
