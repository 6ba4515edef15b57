// A question that could not be answered: why, and a way to ask again.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { Versions } from "./versions.js";

export class FailureView {
  #turn = null;
  #reason = el("p");
  #again;
  #versions;
  #context;

  constructor(item, context) {
    const { words, act } = context;
    this.#context = context;
    this.#again = el("button", {
      type: "button", class: "small-button", onclick: () => act.askAgain(this.#turn.id),
    }, words.askAgain);
    this.#versions = new Versions(context);
    this.element = el("article", { class: "failure" },
      icon("alert"), this.#reason, this.#again, this.#versions.element);
  }

  update({ turn, idle }) {
    this.#versions.update(turn, idle);
    if (turn === this.#turn) return;
    this.#turn = turn;
    const { errors, failedTurn } = this.#context.words;
    this.#reason.textContent = `${failedTurn} ${errors[turn.failure.code] ?? errors.default}`;
    this.#again.hidden = !turn.failure.retryable;
  }
}
