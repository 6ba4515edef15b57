// One memory: what it says, the message it is from, and what can be done with it.

import { dated, unstamped } from "../core/memory.js";
import { excerpt, languageOf } from "../core/text.js";
import { el, setAttribute, setText } from "./dom.js";
import { Editor } from "./editor.js";
import { icon } from "./icons.js";

const MOST_CHARS = 300;

export class MemoryCard {
  #context;
  #memory;
  #jump;
  #attempt;
  #shown = null;
  #left = null;
  #editor = null;
  #text = el("p", { class: "memory-text" });
  #tags = el("p", { class: "memory-tags" });
  #receipt = el("div");
  #tools;
  #more = el("div", { class: "memory-more", hidden: true });
  #body;
  #gone = el("div", { class: "memory-gone", hidden: true });

  /** `memory`: what is remembered; `jump(source)` goes to a message; `attempt` as the page's. */
  constructor(context, memory, { jump, attempt }) {
    this.#context = context;
    this.#memory = memory;
    this.#jump = jump;
    this.#attempt = attempt;
    this.#tools = this.#makeTools();
    this.#body = el("div", {}, this.#text, this.#tags, this.#receipt, this.#tools.element, this.#more);
    this.element = el("li", { class: "memory", tabindex: "-1" }, this.#body, this.#gone);
  }

  /** Show a memory, or that it is about to be forgotten. */
  update(memory) {
    if (memory !== this.#shown) this.#show(memory);
    const leaving = this.#memory.leaving.get(memory.id);
    if (leaving !== this.#left) this.#showLeaving(leaving);
  }

  #show(memory) {
    const before = this.#shown;
    this.#shown = memory;
    const { words } = this.#context;
    const said = words.memory;
    const text = this.#words;
    const short = excerpt(text, 40);
    setText(this.#text, text);
    this.#text.lang = languageOf(memory.text);
    this.#tags.replaceChildren(...this.#tagTexts(memory).map((text) => el("span", {}, text)));
    this.#tags.hidden = !this.#tags.children.length;
    const { pin, edit, remove, details } = this.#tools;
    setAttribute(pin, "aria-pressed", String(Boolean(memory.pinned)));
    for (const [tool, name] of [[pin, "pin"], [edit, "edit"], [remove, "delete"], [details, "details"]]) {
      setAttribute(tool, "aria-label", said[name](short));
    }
    const [newest] = memory.sources.slice(-1);
    this.#receipt.replaceChildren(newest ? this.#way(newest, "receipt")
      : el("p", { class: "receipt" }, said.fromGone));
    if (memory.whole || before?.sharing !== memory.sharing) this.#showMore(memory);
  }

  /** What it says; when something is due stands beside it. */
  get #words() {
    const { text, due } = this.#shown;
    return due ? unstamped(text) : dated(text, this.#context.words);
  }

  #tagTexts(memory) {
    const { words, personas } = this.#context;
    const said = words.memory;
    return [
      memory.due && said.due(words.date(memory.due)),
      memory.edited && said.edited,
      memory.sensitivity === "sensitive" && said.sensitive,
      memory.sharing === "user" && said.onlyYou,
      memory.sharing === "persona" && said.onlyOne(nameOf(personas, memory.persona, words)),
    ].filter(Boolean);
  }

  /** The message something is from, as a way to it. */
  #way(source, kind) {
    const { words, personas } = this.#context;
    const date = words.date(source.at);
    const mentor = nameOf(personas, this.#shown.persona, words);
    const text = source.role === "user"
      ? words.memory.fromYou(date, source.text) : words.memory.fromMentor(mentor, date, source.text);
    return el("button", { type: "button", class: kind, onclick: () => this.#jump(source) },
      el("span", {}, text), icon("on"));
  }

  #makeTools() {
    const tool = (name, onclick, more = {}) =>
      el("button", { type: "button", class: "icon-button tool", onclick, ...more }, icon(name));
    const pin = tool("pin", () => this.#attempt(
      () => this.#memory.change(this.#shown.id, { pinned: !this.#shown.pinned })));
    const edit = tool("pencil", () => this.#edit());
    const remove = tool("trash", () => this.#forget());
    const details = tool("chevron", () => this.#toggle(), { "aria-expanded": "false" });
    const element = el("div", { class: "memory-tools" }, pin, edit, remove, details);
    return { element, pin, edit, remove, details };
  }

  #toggle() {
    const open = this.#more.hidden;
    this.#more.hidden = !open;
    setAttribute(this.#tools.details, "aria-expanded", String(open));
    if (!open) return;
    this.#showMore(this.#shown);
    if (!this.#shown.whole) this.#attempt(() => this.#memory.why(this.#shown.id));
  }

  #showMore(memory) {
    if (this.#more.hidden) return;
    const { words } = this.#context;
    const said = words.memory;
    const others = memory.sources.slice(0, -1);
    const earlier = memory.earlier ?? [];
    const kept = this.#more.contains(document.activeElement);
    this.#more.replaceChildren(...[
      others.length > 0 && el("h4", {}, said.sources),
      others.length > 0 && el("ul", {}, others.map((each) => el("li", {}, this.#way(each, "receipt")))),
      earlier.length > 0 && el("h4", {}, said.earlier),
      earlier.length > 0 && el("ul", {}, earlier.map((each) =>
        el("li", { lang: languageOf(each.text) }, each.valid_to ? said.until(each.text, words.date(each.valid_to)) : each.text))),
      this.#sharing(memory),
      el("button", {
        type: "button", class: "small-button", onclick: () => this.#forget({ refuse: true }),
      }, said.refuse),
    ].filter(Boolean));
    if (kept) this.#more.querySelector("select").focus();
  }

  #sharing({ id, sharing, persona }) {
    const { words, personas } = this.#context;
    const said = words.memory;
    const ways = [
      ["mentors", said.everyMentor], persona && ["persona", said.oneMentor(nameOf(personas, persona, words))],
      ["user", said.nobody],
    ].filter(Boolean);
    const select = el("select", {
      onchange: (event) => this.#attempt(() => this.#memory.change(id, { sharing: event.target.value })),
    }, ways.map(([value, label]) => el("option", { value, selected: value === sharing }, label)));
    return el("label", { class: "memory-sharing" }, el("span", {}, said.sharing), select);
  }

  #edit() {
    if (this.#editor) return;
    const { words } = this.#context;
    const { id } = this.#shown;
    const text = this.#words;
    const labels = { ...words, editing: words.memory.editing, send: words.save };
    this.#editor = new Editor(text, labels, {
      changed: () => {},
      cancel: () => this.#closeEditor(),
      save: (newText) => {
        this.#closeEditor();
        if (newText.trim() !== text) this.#attempt(() => this.#memory.change(id, { text: newText.trim() }));
      },
    }, { most: MOST_CHARS });
    this.#text.after(this.#editor.element);
    this.#text.hidden = true;
    this.#editor.focus();
    this.#editor.element.scrollIntoView({ block: "nearest" });
  }

  #closeEditor() {
    this.#editor.element.remove();
    this.#editor = null;
    this.#text.hidden = false;
    this.#tools.edit.focus();
  }

  #forget({ refuse = false } = {}) {
    this.#memory.forget(this.#shown.id, { refuse });
    this.update(this.#shown);
    this.#gone.querySelector("button").focus();
  }

  #showLeaving(leaving) {
    this.#left = leaving;
    this.#body.hidden = Boolean(leaving);
    this.#gone.hidden = !leaving;
    if (!leaving) return this.#gone.replaceChildren();
    const { words } = this.#context;
    const said = words.memory;
    const text = excerpt(this.#words, 60);
    this.#gone.replaceChildren(
      el("p", { role: "status" }, leaving.refuse ? said.refused(text) : said.forgotten(text)),
      el("button", { type: "button", class: "small-button", onclick: () => this.#undo() }, said.undo));
  }

  #undo() {
    this.#memory.leaving.undo(this.#shown.id);
    this.update(this.#shown);
    this.#tools.remove.focus();
  }
}

function nameOf(personas, id, words) {
  return personas.get(id)?.name ?? (id || words.someone);
}
