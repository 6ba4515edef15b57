// Where the person writes. Drafts are kept per conversation; an input method is never cut short.

import { MOST_CHARS, hasContent, length } from "../core/text.js";
import { el, setAttribute, setText } from "./dom.js";
import { anyMark, icon, mark } from "./icons.js";

const COUNT_FROM = MOST_CHARS - 500;

export class Composer {
  #parts;
  #context;
  #storage;
  #key = "";
  #announced = "";

  /** `parts`: form, text, label, hint, count, send, stop, persona; `context`: words, personas, act. */
  constructor(parts, context, storage) {
    this.#parts = parts;
    this.#context = context;
    this.#storage = storage;
    parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    parts.text.addEventListener("keydown", (event) => this.#pressed(event));
    parts.text.addEventListener("input", () => {
      this.#typed();
      context.act.typing(parts.text.value);
    });
    parts.stop.addEventListener("click", () => context.act.stop());
    parts.persona.addEventListener("click", () => context.act.choosePersona());
  }

  /** Put a text where the person can change it, before what they have begun to write. */
  offer(text) {
    const field = this.#parts.text;
    field.value = field.value.trim() ? `${text}\n\n${field.value}` : text;
    this.#typed();
    field.focus();
  }

  /** Show the composer of a conversation. */
  show({ key, persona, running, connected }) {
    const { words, personas } = this.#context;
    const { text, label, hint, stop, persona: chip } = this.#parts;
    if (key !== this.#key) this.#open(key);
    setText(label, words.message);
    setAttribute(text, "placeholder", words.placeholder);
    setText(hint, words.hint);
    stop.hidden = !running;
    stop.disabled = !connected;
    setAttribute(stop, "aria-label", words.stop);
    setAttribute(this.#parts.send, "aria-label", words.send);
    this.#showChip(chip, personas.get(persona), persona);
    this.#showCount();
  }

  /** Other words or personas: the next `show` builds all anew. */
  reset() {
    this.#announced = "";
  }

  #showChip(chip, persona, id) {
    const { words } = this.#context;
    const name = persona?.name ?? id ?? words.auto;
    if (this.#announced === name) return;
    this.#announced = name;
    const badge = id === null ? anyMark(this.#context.personas) : mark(persona);
    chip.replaceChildren(badge, el("span", {}, name), icon("chevron"));
    chip.setAttribute("aria-label", words.chosen(name));
  }

  #open(key) {
    this.#key = key;
    const draft = this.#storage.get(`ion.draft.${key}`) ?? "";
    if (this.#parts.text.value !== draft) this.#parts.text.value = draft;
    this.#grow();
  }

  #typed() {
    const draft = this.#parts.text.value;
    // a new conversation may have become a kept one since it was shown
    const about = `ion.draft.${this.#context.act.placeOf(this.#key)}`;
    if (draft) this.#storage.set(about, draft);
    else this.#storage.remove(about);
    this.#grow();
    this.#showCount();
  }

  #pressed(event) {
    // keyCode 229: the Enter that ends a Hangul syllable, where the browser has closed it already
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    const { value } = this.#parts.text;
    if (!hasContent(value) || length(value) > MOST_CHARS) return;
    this.#parts.text.value = "";
    this.#typed();
    this.#context.act.say(value);
    this.#parts.text.focus();
  }

  #showCount() {
    const { words } = this.#context;
    const { text, count, send } = this.#parts;
    const chars = length(text.value);
    const over = chars > MOST_CHARS;
    const shown = over ? words.tooLong(chars - MOST_CHARS) : words.left(MOST_CHARS - chars);
    setText(count, chars >= COUNT_FROM ? shown : "");
    setAttribute(text, "aria-invalid", over);
    send.disabled = over || !hasContent(text.value);
  }

  #grow() {
    const { text } = this.#parts;
    if (CSS.supports("field-sizing", "content")) return;
    text.style.setProperty("height", "auto");
    text.style.setProperty("height", `${text.scrollHeight}px`);
  }
}
