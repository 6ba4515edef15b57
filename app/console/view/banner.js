// Says when the connection is not there, after a moment: a short gap is nobody's business.

import { el } from "./dom.js";

const PATIENCE_MS = 1_500;
const BACK_MS = 2_500;

export class Banner {
  #place;
  #context;
  #timer = null;
  #text = "";
  #told = false;
  #last = null;

  constructor(place, context) {
    this.#place = place;
    this.#context = context;
  }

  /** Tell of a status of the connection. */
  show(status, why, { online, before }) {
    this.#last = [status, why, { online, before }];
    if (this.#told) return;
    clearTimeout(this.#timer);
    if (status === "open") {
      if (!this.#text) return;
      this.#say(this.#context.words.back, "good");
      this.#timer = setTimeout(() => this.#say(""), BACK_MS);
      return;
    }
    const text = this.#describe(status, why, { online, before });
    const now = this.#text !== "" || status === "refused" || !online;
    if (now) this.#say(text, "bad");
    else this.#timer = setTimeout(() => this.#say(text, "bad"), PATIENCE_MS);
  }

  /** Say something for a few seconds; how the connection is comes after that. */
  tell(text) {
    clearTimeout(this.#timer);
    this.#told = true;
    this.#say(text, "good");
    this.#timer = setTimeout(() => {
      this.#told = false;
      this.#say("");
      if (this.#last) this.show(...this.#last);
    }, 3 * BACK_MS);
  }

  #describe(status, why, { online, before }) {
    const { words } = this.#context;
    if (status === "refused") return words[why];
    if (!online) return words.offline;
    return before ? words.reconnecting : words.connecting;
  }

  #say(text, mood = "") {
    if (text === this.#text) return;
    this.#text = text;
    if (!text) return this.#place.replaceChildren();
    const { words, act } = this.#context;
    const again = mood === "bad"
      && el("button", { type: "button", class: "small-button", onclick: act.wake }, words.tryNow);
    this.#place.replaceChildren(el("div", { class: `banner ${mood}` }, el("span", {}, text), again));
  }
}
