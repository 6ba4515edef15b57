// What the person wrote: waiting, sent, or not sent; and a way to say it in other words.

import { excerpt, languageOf } from "../core/text.js";
import { el, setAttribute, setText } from "./dom.js";
import { Editor } from "./editor.js";
import { icon } from "./icons.js";
import { troubleWith } from "./trouble.js";

const ICONS = { pending: "clock", sent: "tick", failed: "alert" };

export class SaidView {
  #context;
  #shown = {};
  #editor = null;
  #text = el("p", { class: "said-text" });
  #meta = el("p", { class: "meta" });
  #pencil;
  #foot;
  #trouble = el("div", { class: "trouble", hidden: true });

  constructor(item, context) {
    this.#context = context;
    const heading = el("h2", { class: "visually-hidden" }, context.words.said);
    this.#pencil = el("button", {
      type: "button", class: "icon-button tool pencil", onclick: () => this.#begin(),
    }, icon("pencil"));
    this.#foot = el("div", { class: "said-foot" }, this.#pencil, this.#meta);
    this.element = el("article", { class: "said", tabindex: "-1" },
      heading, this.#text, this.#foot, this.#trouble);
  }

  update(item) {
    if (item.text !== this.#shown.text) {
      setText(this.#text, item.text);
      this.#text.lang = languageOf(item.text);
      setAttribute(this.#pencil, "aria-label", this.#context.words.edit(excerpt(item.text, 24)));
    }
    if (item.status !== this.#shown.status || item.at !== this.#shown.at) this.#showStatus(item);
    this.#pencil.hidden = !item.messageId;
    this.#shown = item;
    const editing = this.#context.editing.has(item.messageId);
    if (editing && !this.#editor) this.#open(this.#context.editing.get(item.messageId));
  }

  #showStatus(item) {
    const { words } = this.#context;
    this.element.dataset.status = item.status;
    this.#meta.replaceChildren(
      el("time", { datetime: item.at }, words.time(item.at)),
      icon(ICONS[item.status]), el("span", { class: "visually-hidden" }, words[item.status]));
    const failed = item.status === "failed";
    this.#trouble.hidden = !failed;
    this.#trouble.replaceChildren(...(failed ? troubleWith(item, this.#context, words.discard) : []));
  }

  #begin() {
    this.#context.act.lookAround();
    this.#context.editing.set(this.#shown.messageId, this.#shown.text);
    this.#open(this.#shown.text);
  }

  #open(text) {
    const { editing, words, act } = this.#context;
    const { messageId } = this.#shown;
    this.#editor = new Editor(text, words, {
      changed: (newText) => editing.set(messageId, newText),
      cancel: () => this.#close(),
      remove: () => act.deleteMessage(messageId),
      save: (newText) => {
        this.#close();
        if (newText.trim() !== this.#shown.text) act.edit(messageId, newText);
      },
    });
    this.element.dataset.editing = "";
    this.#text.after(this.#editor.element);
    this.#text.hidden = this.#foot.hidden = true;
    this.#editor.focus();
    // the page may not have put this message in its place yet
    requestAnimationFrame(() => this.#editor?.refocus());
    this.#editor.element.scrollIntoView({ block: "nearest" });
  }

  #close() {
    this.#context.editing.delete(this.#shown.messageId);
    this.#editor.element.remove();
    this.#editor = null;
    delete this.element.dataset.editing;
    this.#text.hidden = this.#foot.hidden = false;
    this.#pencil.focus();
  }
}
