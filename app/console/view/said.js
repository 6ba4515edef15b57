// What the person wrote: waiting, sent, or not sent.

import { languageOf } from "../core/text.js";
import { el, setText } from "./dom.js";
import { icon } from "./icons.js";

const ICONS = { pending: "clock", sent: "tick", failed: "alert" };

export class SaidView {
  #words;
  #act;
  #shown = {};
  #text = el("p", { class: "said-text" });
  #meta = el("p", { class: "meta" });
  #trouble = el("div", { class: "trouble", hidden: true });

  constructor(item, { words, act }) {
    this.#words = words;
    this.#act = act;
    const heading = el("h2", { class: "visually-hidden" }, words.said);
    this.element = el("article", { class: "said" }, heading, this.#text, this.#meta, this.#trouble);
  }

  update(item) {
    if (item.text !== this.#shown.text) {
      setText(this.#text, item.text);
      this.#text.lang = languageOf(item.text);
    }
    if (item.status !== this.#shown.status || item.at !== this.#shown.at) this.#showStatus(item);
    this.#shown = item;
  }

  #showStatus(item) {
    const words = this.#words;
    this.element.dataset.status = item.status;
    this.#meta.replaceChildren(
      el("time", { datetime: item.at }, words.time(item.at)),
      icon(ICONS[item.status]), el("span", { class: "visually-hidden" }, words[item.status]));
    this.#trouble.hidden = item.status !== "failed";
    this.#trouble.replaceChildren(...(item.status === "failed" ? this.#ways(item) : []));
  }

  #ways({ id, error }) {
    const words = this.#words;
    return [
      el("p", {}, words.errors[error] ?? words.errors.default),
      el("button", { type: "button", class: "small-button", onclick: () => this.#act.retry(id) }, words.retry),
      el("button", { type: "button", class: "small-button", onclick: () => this.#act.discard(id) }, words.discard),
    ];
  }
}
