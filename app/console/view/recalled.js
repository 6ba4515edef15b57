// Under an answer: what it was given from memory, and what came to be remembered by it.

import { dated } from "../core/memory.js";
import { el, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";

export class Recalled {
  #context;
  #used;
  #saved;

  /** `context.remembered(ids, said)` returns the memories that are still there. */
  constructor(context) {
    this.#context = context;
    this.#used = this.#line("used");
    this.#saved = this.#line("saved");
    this.element = el("div", { class: "recalled", hidden: true }, this.#used.button, this.#saved.button);
  }

  /** Show what goes with a turn's answer. */
  update({ status, answer, saved }) {
    const { remembered } = this.#context;
    const done = status === "done";
    this.#show(this.#used, done ? remembered(answer.memories) : []);
    this.#show(this.#saved, done ? remembered(Object.keys(saved), saved) : []);
    this.element.hidden = this.#used.button.hidden && this.#saved.button.hidden;
  }

  #line(name) {
    const text = el("span");
    const line = { name, text, first: null };
    line.button = el("button", {
      type: "button", class: "recall", hidden: true, "aria-haspopup": "dialog",
      onclick: () => this.#context.act.openMemory(line.first),
    }, icon(name === "used" ? "memory" : "plus"), text);
    return line;
  }

  #show(line, memories) {
    line.first = memories[0]?.id ?? null;
    line.button.hidden = !memories.length;
    setAttribute(line.button, "data-count", memories.length || null);
    const { words } = this.#context;
    const texts = memories.map((each) => dated(each.text.replace(/[.。]$/, ""), words));
    if (texts.length) setText(line.text, words.memory[line.name](texts.join(" · ")));
  }
}
