// A field in the place of a message, to say it in other words. Escape leaves it as it was.

import { MOST_CHARS, hasContent, length } from "../core/text.js";
import { el, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";

export class Editor {
  #words;
  #most;
  #field;
  #count = el("span", { class: "count", "aria-live": "polite" });
  #save;
  #on;

  /** `on`: { changed(text), save(text), cancel(), remove()? }; `most` characters are taken. */
  constructor(text, words, on, { most = MOST_CHARS } = {}) {
    this.#words = words;
    this.#most = most;
    this.#on = on;
    this.#field = el("textarea", { rows: "1", enterkeyhint: "send", "aria-label": words.editing });
    this.#field.value = text;
    this.#save = el("button", { type: "submit", class: "primary" }, words.send);
    const cancel = el("button", { type: "button", class: "secondary", onclick: () => on.cancel() }, words.cancel);
    const remove = on.remove && el("button", {
      type: "button", class: "icon-button danger-quiet", "aria-label": words.deleteMessage,
      title: words.deleteMessage, onclick: () => on.remove(),
    }, icon("trash"));
    this.element = el("form", { class: "editor" }, this.#field,
      el("div", { class: "dialog-actions" }, remove || null, this.#count, cancel, this.#save));
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#done();
    });
    this.#field.addEventListener("keydown", (event) => this.#pressed(event));
    this.#field.addEventListener("input", () => this.#typed());
  }

  /** Let the person write, at the end of the text. */
  focus() {
    this.#field.focus();
    this.#field.setSelectionRange(this.#field.value.length, this.#field.value.length);
    this.#fit();
  }

  /** Take the focus back when the page moved the field; what is selected stays so. */
  refocus() {
    this.#field.focus();
  }

  #typed() {
    this.#on.changed(this.#field.value);
    this.#fit();
  }

  #fit() {
    const over = length(this.#field.value) - this.#most;
    setText(this.#count, over > 0 ? this.#words.tooLong(over) : "");
    setAttribute(this.#field, "aria-invalid", over > 0);
    this.#save.disabled = over > 0 || !hasContent(this.#field.value);
    if (CSS.supports("field-sizing", "content")) return;
    this.#field.style.setProperty("height", "auto");
    this.#field.style.setProperty("height", `${this.#field.scrollHeight}px`);
  }

  #pressed(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      event.preventDefault(); // a dialog around it stays open
      this.#on.cancel();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#done();
    }
  }

  #done() {
    if (!this.#save.disabled) this.#on.save(this.#field.value);
  }
}
