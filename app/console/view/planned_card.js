// One message that a mentor is going to write: who, when, what about, and the way to call it off.

import { aboutOf, lineOf, rhythmOf } from "../core/planned_words.js";
import { languageOf } from "../core/text.js";
import { el, setAttribute, setText } from "./dom.js";
import { mark } from "./icons.js";

export class PlanCard {
  #context;
  #planned;
  #open;
  #shown = null;
  #left = null;
  #face = el("span", { class: "plan-face" });
  #line = el("p", { class: "plan-line" });
  #about = el("p", { class: "plan-about" });
  #time = el("time");
  #rhythm = el("span");
  #off;
  #body;
  #gone = el("div", { class: "memory-gone", hidden: true });

  /** `planned`: what is planned, of core/planned.js; `open(sessionId)` goes to a conversation. */
  constructor(context, planned, { open }) {
    this.#context = context;
    this.#planned = planned;
    this.#open = open;
    const { words } = context;
    this.#off = el("button", { type: "button", class: "small-button", onclick: () => this.#callOff() });
    const way = el("button", {
      type: "button", class: "quiet-button", onclick: () => this.#open(this.#shown.session_id),
    }, el("span", {}, words.planned.conversation));
    this.#body = el("div", {},
      el("div", { class: "plan-head" }, this.#face, this.#line), this.#about,
      el("p", { class: "plan-when" }, this.#time, this.#rhythm),
      el("div", { class: "plan-tools" }, this.#off, way));
    this.element = el("li", { class: "memory plan", tabindex: "-1" }, this.#body, this.#gone);
  }

  /** Show a plan, or that it is about to be called off. */
  update(plan) {
    if (plan !== this.#shown) this.#show(plan);
    const leaving = this.#planned.leaving.get(plan.id);
    if (leaving !== this.#left) this.#showLeaving(leaving);
  }

  #show(plan) {
    this.#shown = plan;
    const { words, personas } = this.#context;
    const said = words.planned;
    const line = this.#sentence;
    const about = aboutOf(plan, words);
    const comesAgain = plan.days.length > 0;
    this.#face.replaceChildren(mark(personas.get(plan.persona)));
    setText(this.#line, line);
    setText(this.#about, about);
    this.#about.lang = languageOf(about);
    setAttribute(this.#time, "datetime", plan.next_at);
    setText(this.#time, this.#when(plan));
    setText(this.#rhythm, comesAgain ? `, ${rhythmOf(plan, words)}` : "");
    setText(this.#off, comesAgain ? said.end : said.callOff);
    setAttribute(this.#off, "aria-label", (comesAgain ? said.endOf : said.callOffOf)(line));
  }

  /** The day and time on the plan's own clock, which is named where it is another than here. */
  #when({ date, time, timezone }) {
    const { words } = this.#context;
    const when = words.wall(date, time);
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return timezone && timezone !== here ? words.planned.inZone(when, timezone) : when;
  }

  get #sentence() {
    const { words, personas } = this.#context;
    const name = personas.get(this.#shown.persona)?.name ?? words.someone;
    return lineOf(this.#shown, name, words, Date.now());
  }

  #callOff() {
    this.#planned.callOff(this.#shown.id);
    this.update(this.#shown);
    this.#gone.querySelector("button").focus();
  }

  #showLeaving(leaving) {
    this.#left = leaving;
    this.#body.hidden = Boolean(leaving);
    this.#gone.hidden = !leaving;
    if (!leaving) return this.#gone.replaceChildren();
    const said = this.#context.words.planned;
    this.#gone.replaceChildren(
      el("p", { role: "status" }, said.calledOff(this.#sentence)),
      el("button", { type: "button", class: "small-button", onclick: () => this.#undo() }, said.undo));
  }

  #undo() {
    this.#planned.leaving.undo(this.#shown.id);
    this.update(this.#shown);
    this.#off.focus();
  }
}
