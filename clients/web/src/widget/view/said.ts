// What the person wrote: waiting, sent, or not sent.

import { el, setText } from "../../../../../app/console/view/dom.js";
import { icon } from "../../../../../app/console/view/icons.js";
import type { Message } from "../../types";
import type { Context } from "./context";

const ICONS = { queued: "clock", failed: "alert" } as const;

/** A message of the person. */
export class SaidView {
  // who wrote it need not hear it read aloud
  readonly element = el("article", { class: "said", part: "message message-user", "aria-live": "off" });
  #context: Context;
  #text = el("p", { class: "said-text", part: "bubble bubble-user", dir: "auto" });
  #meta = el("p", { class: "meta" });
  #trouble = el("div", { class: "trouble", hidden: true });
  #status = "";

  constructor(context: Context) {
    this.#context = context;
    const heading = el("h3", { class: "unseen" }, context.words.said);
    this.element.append(heading, this.#text, this.#meta, this.#trouble);
  }

  update(message: Message): void {
    setText(this.#text, message.text);
    const status = `${message.status} ${message.error ?? ""}`;
    if (status === this.#status) return;
    this.#status = status;
    this.element.dataset.status = message.status;
    this.#showStatus(message);
  }

  #showStatus({ key, status, error }: Message): void {
    const { words, act } = this.#context;
    const seen = status === "queued" || status === "failed";
    const text = words[seen ? status : "sent"];
    this.#meta.className = seen ? "meta" : "meta unseen";
    this.#meta.replaceChildren(...(seen ? [icon(ICONS[status])] : []), el("span", {}, text));
    this.#trouble.hidden = status !== "failed";
    this.#trouble.replaceChildren(...(status !== "failed" ? [] : [
      el("p", {}, words.errors[error ?? ""] ?? words.errors.default),
      button(words.retry, () => act.retry(key)),
      button(words.change, () => act.change(key)),
    ]));
  }
}

/** Return a small button. */
export function button(text: string, onclick: () => void): HTMLElement {
  return el("button", { type: "button", class: "small-button", part: "button", onclick }, text);
}
