// The panel of what is remembered: in groups, with the way to correct, pin and forget each.

import { openDialog } from "./dialogs.js";
import { arrange, el, keepFocus, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { MemoryCard } from "./memory_card.js";

const SEARCH_FROM = 8;
const TYPED_MS = 250;

export class MemoryPanel {
  #context;
  #memory;
  #cards = new Map();
  #groups = new Map();
  #parts = null;
  #trouble = "";
  #typing = null;

  /** `memory`: what is remembered, of core/memory.js. */
  constructor(context, memory) {
    this.#context = context;
    this.#memory = memory;
  }

  /** Open it, at a memory when one is named; resolves when it is closed. */
  async open(id = null) {
    if (this.#parts) return;
    const { words } = this.#context;
    if (this.#memory.query) this.#memory.query = "";
    const opened = openDialog({ title: words.memory.title, words, kind: "panel" }, (finish) => {
      this.#parts = this.#build(finish);
      return this.#parts.body;
    });
    this.show();
    this.#load().then(() => id && this.#focusOn(id));
    const wish = await opened;
    this.#parts = null;
    this.#cards.clear();
    this.#groups.clear();
    this.#memory.leaving.leave();
    wish?.();
  }

  /** Show what is remembered now. */
  show() {
    if (!this.#parts) return;
    const { words } = this.#context;
    const { toggle, hint, search, list, note, more } = this.#parts;
    const { groups, paused, loaded, next, query } = this.#memory;
    setAttribute(toggle, "aria-checked", String(!paused));
    setText(hint, paused ? words.memory.pausedHint : words.memory.onHint);
    const count = groups.reduce((sum, each) => sum + each.memories.length, 0);
    search.hidden = !query && !next && count < SEARCH_FROM;
    const within = list.contains(document.activeElement);
    keepFocus(() => arrange(list, groups.map((group) => this.#group(group))));
    if (within && !list.contains(document.activeElement)) list.focus();
    const nothing = query ? words.memory.noneFound : words.memory.none;
    setText(note, this.#trouble || (!loaded ? words.memory.loading : count ? "" : nothing));
    note.hidden = !note.textContent;
    more.hidden = !next;
  }

  #build(finish) {
    const { words, act } = this.#context;
    const said = words.memory;
    const toggle = el("button", {
      type: "button", role: "switch", class: "switch", id: "memory-switch", "aria-describedby": "memory-hint",
      onclick: () => this.#attempt(() => this.#memory.pause(!this.#memory.paused)),
    }, el("span", {}, said.remember), el("i", { "aria-hidden": "true" }));
    const hint = el("p", { class: "panel-hint", id: "memory-hint" });
    const field = el("input", {
      type: "search", placeholder: said.search, "aria-label": said.search, maxlength: "200",
      oninput: (event) => this.#search(event.target.value),
    });
    const search = el("div", { class: "panel-search", hidden: true }, field);
    const list = el("div", { class: "memory-groups", tabindex: "-1", "aria-label": said.title });
    const note = el("p", { class: "panel-note", role: "status" });
    const more = el("button", {
      type: "button", class: "small-button", hidden: true,
      onclick: () => this.#attempt(() => this.#memory.more()),
    }, said.more);
    const secret = el("button", {
      type: "button", class: "quiet-button", onclick: () => finish(() => act.openPrivate()),
    }, icon("lock"), el("span", {}, said.startPrivate));
    this.#finish = finish;
    const body = el("div", { class: "panel-body" },
      el("p", { class: "panel-intro" }, said.intro),
      el("div", { class: "panel-settings" }, toggle, hint, secret), search, list, note, more);
    return { body, toggle, hint, search, list, note, more };
  }

  #finish = () => {};

  #group({ name, memories }) {
    const known = this.#groups.get(name) ?? this.#newGroup(name);
    arrange(known.list, memories.map((memory) => this.#card(memory)));
    return known.element;
  }

  #newGroup(name) {
    const id = `memory-group-${name}`;
    const list = el("ul", { class: "memories" });
    const heading = el("h3", { id }, this.#context.words.memory.groups[name]);
    const group = { list, element: el("section", { "aria-labelledby": id }, heading, list) };
    this.#groups.set(name, group);
    return group;
  }

  #card(memory) {
    const card = this.#cards.get(memory.id) ?? new MemoryCard(this.#context, this.#memory, {
      attempt: (work) => this.#attempt(work),
      jump: (source) => this.#finish(() => this.#context.act.jump(source.session_id, source.message_id)),
    });
    this.#cards.set(memory.id, card);
    card.update(memory);
    return card.element;
  }

  #load() {
    return this.#attempt(() => this.#memory.load(), this.#context.words.memory.failed);
  }

  /** Do something that needs the server, and say so here when it can't be reached. */
  async #attempt(work, trouble = this.#context.words.notReached) {
    try {
      await work();
      this.#trouble = "";
    } catch {
      this.#trouble = trouble;
    }
    this.show();
  }

  #search(text) {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      this.#memory.query = text.trim();
      this.#load();
    }, TYPED_MS);
  }

  #focusOn(id) {
    const card = this.#cards.get(id);
    card?.element.focus();
    card?.element.scrollIntoView({ block: "center" });
  }
}
