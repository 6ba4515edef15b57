// Turns that stand for one another: which one is shown, and the way to the others.

import { el, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";

export class Versions {
  #context;
  #turn = null;
  #idle = false;
  #count = el("span", { class: "versions-count", "aria-hidden": "true" });
  #before;
  #after;

  constructor(context) {
    const { words } = context;
    this.#context = context;
    this.#before = this.#way("back", words.before, -1);
    this.#after = this.#way("on", words.after, 1);
    this.element = el("div", { class: "versions", role: "group", hidden: true },
      this.#before, this.#count, this.#after);
  }

  /** Show the place of a turn; others are only reached while nothing is being answered. */
  update(turn, idle) {
    this.#turn = turn;
    this.#idle = idle;
    const all = turn.siblings;
    const at = all.indexOf(turn.id);
    this.element.hidden = all.length < 2;
    if (this.element.hidden) return;
    setText(this.#count, `${at + 1}/${all.length}`);
    setAttribute(this.element, "aria-label", this.#context.words.versions(`${at + 1}/${all.length}`));
    // not `disabled`: that would take the focus away at the last version
    setAttribute(this.#before, "aria-disabled", !this.#other(-1));
    setAttribute(this.#after, "aria-disabled", !this.#other(1));
  }

  #way(name, label, step) {
    const go = () => {
      const other = this.#other(step);
      if (other) this.#context.act.branch(other);
    };
    return el("button", {
      type: "button", class: "icon-button tool", "aria-label": label, onclick: go,
    }, icon(name));
  }

  #other(step) {
    const { siblings, id } = this.#turn;
    return this.#idle ? siblings[siblings.indexOf(id) + step] : undefined;
  }
}
