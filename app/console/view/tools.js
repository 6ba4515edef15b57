// What can be done with an answer: have it made again, rate it, look at its other versions.

import { el, setAttribute } from "./dom.js";
import { icon } from "./icons.js";
import { Versions } from "./versions.js";

export class Tools {
  #turn = null;
  #versions;
  #again;
  #thumbs;
  #ratingOf;

  /** `onAgain()` is called when the answer is to be made again. */
  constructor(context, onAgain) {
    const { words, act, ratingOf } = context;
    this.#ratingOf = ratingOf;
    this.#versions = new Versions(context);
    this.#again = tool("again", words.again, onAgain);
    this.#thumbs = [["thumbUp", words.helpful, 1], ["thumbDown", words.notHelpful, -1]]
      .map(([name, label, rating]) => ({
        rating,
        button: tool(name, label, () => act.rate(this.#turn.id, this.#rating === rating ? 0 : rating)),
      }));
    this.element = el("div", { class: "tools", hidden: true },
      this.#thumbs.map(({ button }) => button), this.#again, this.#versions.element);
  }

  /** Show what can be done with a turn's answer. */
  update({ turn, last, idle }) {
    this.#turn = turn;
    this.element.hidden = turn.status !== "done";
    this.#versions.update(turn, idle);
    // what a mentor wrote first answers nothing
    this.#again.hidden = !last || !idle || !turn.messages.length;
    for (const { button, rating } of this.#thumbs) {
      setAttribute(button, "aria-pressed", String(this.#rating === rating));
    }
  }

  get #rating() {
    return this.#ratingOf(this.#turn);
  }
}

function tool(name, label, onclick) {
  const attributes = { type: "button", class: "icon-button tool", "aria-label": label, title: label };
  return el("button", { ...attributes, onclick }, icon(name));
}
