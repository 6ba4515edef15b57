// Where the person writes. An input method is never cut short.

import { el, setAttribute, setText } from "../../../../../app/console/view/dom.js";
import { icon } from "../../../../../app/console/view/icons.js";
import { MOST_CHARS, hasContent, length } from "../../../../../app/console/core/text.js";
import type { Context } from "./context";

/** The form at the foot of the panel. */
export class Composer {
  readonly element = el("form", { class: "composer", part: "composer" }) as HTMLFormElement;
  readonly field = el("textarea", {
    id: "text", part: "input", rows: "1", dir: "auto", enterkeyhint: "send", autocomplete: "off",
    "aria-describedby": "count",
  }) as HTMLTextAreaElement;
  #label = el("label", { class: "unseen", for: "text" });
  #count = el("p", { class: "count", id: "count" });
  #send = el("button", { class: "send", part: "send" }, icon("send")) as HTMLButtonElement;
  #stop = el("button", { type: "button", class: "stop", part: "stop", hidden: true }, icon("stop")) as HTMLButtonElement;
  #context: Context;
  #closed = false;

  constructor(context: Context) {
    this.#context = context;
    const row = el("div", { class: "field", part: "field" }, this.field, this.#stop, this.#send);
    this.element.append(this.#label, row, this.#count);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say();
    });
    this.field.addEventListener("keydown", (event) => this.#pressed(event));
    this.field.addEventListener("input", () => this.#typed());
    this.#stop.addEventListener("click", () => {
      this.#context.act.stop();
      this.field.focus();
    });
    this.reset(context);
  }

  /** Other words, or another person. */
  reset(context: Context): void {
    const { words } = (this.#context = context);
    setText(this.#label, words.message);
    this.field.placeholder = words.placeholder;
    this.#send.ariaLabel = words.send;
    this.#stop.ariaLabel = words.stop;
    this.#check();
  }

  /** Show whether an answer can be stopped, and whether nothing can be said at the moment. */
  show({ running, closed }: { running: boolean; closed: boolean }): void {
    const had = this.#stop.matches(":focus");
    this.#stop.hidden = !running;
    if (had && !running) this.field.focus();
    this.#closed = closed;
    this.#check();
  }

  /** Put a text into the field: a draft, or what could not be sent. */
  write(text: string): void {
    this.field.value = text;
    this.#check();
  }

  #typed(): void {
    const { value } = this.field;
    this.#check();
    this.#context.act.draft(value);
    this.#context.act.typing(value !== "");
  }

  #pressed(event: KeyboardEvent): void {
    // keyCode 229: the Enter that ends a Hangul syllable, where the browser has closed it already
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    this.#say();
  }

  #say(): void {
    const { value } = this.field;
    if (this.#closed || !hasContent(value) || length(value) > MOST_CHARS) return;
    this.write("");
    this.#context.act.draft("");
    this.#context.act.say(value.trim());
    this.field.focus();
  }

  #check(): void {
    const { value } = this.field;
    const over = length(value) - MOST_CHARS;
    setText(this.#count, over > 0 ? this.#context.words.tooLong(over) : "");
    setAttribute(this.field, "aria-invalid", over > 0 && "true");
    this.#send.disabled = this.#closed || over > 0 || !hasContent(value);
    if (CSS.supports("field-sizing", "content")) return;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }
}
