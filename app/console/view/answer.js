// A mentor's answer: who answers and why, contacts when they are needed, and the text.

import { resonanceWords } from "../core/i18n.js";
import { languageOf } from "../core/text.js";
import { el, setAttribute, setText } from "./dom.js";
import { icon, mark } from "./icons.js";
import { Recalled } from "./recalled.js";
import { showMarkdown } from "./markdown.js";
import { safetyCard } from "./safety.js";
import { Tools } from "./tools.js";
import { troubleWith } from "./trouble.js";

const MODELS = {
  offline: "offlineModel", safety: "safetyModel",
  check_in: "checkInModel", reminder: "reminderModel", nudge: "nudgeModel",
};

export class AnswerView {
  answerId = null;
  end;
  #context;
  #words;
  #personas;
  #shown = {};
  #turnId = "";
  #who = el("button", { class: "who", type: "button", "aria-expanded": "false" });
  #why = el("section", { class: "why", hidden: true });
  #safety = el("div");
  #body = el("div", { class: "prose" });
  #dots = el("p", { class: "dots" }, el("i"), el("i"), el("i"), el("span", { class: "visually-hidden" }));
  #note = el("p", { class: "note", hidden: true });
  #trouble = el("div", { class: "trouble", hidden: true });
  #tools;
  #recalled;

  /** `end` is seen when the answer was seen whole, and `answerId` names it then. */
  constructor(item, context) {
    const { words, personas, act } = context;
    this.#context = context;
    this.#words = words;
    this.#personas = personas;
    this.#tools = new Tools(context, () => this.#again());
    this.end = this.#tools.element;
    this.#recalled = new Recalled(context);
    this.#why.id = `why-${item.turn.id}`;
    this.#who.setAttribute("aria-controls", this.#why.id);
    this.#who.addEventListener("click", () => this.#toggle(act));
    const head = el("h2", { class: "answer-head" }, this.#who);
    const parts = [head, this.#why, this.#safety, this.#dots, this.#body, this.#note, this.#recalled.element,
      this.end, this.#trouble];
    this.element = el("article", { class: "answer", tabindex: "-1" }, parts);
  }

  update(item) {
    const { turn } = item;
    const answer = turn.answer ?? { text: "", persona: null, choices: [], resources: [] };
    const running = turn.status !== "done";
    setAttribute(this.element, "aria-busy", running);
    this.#showWho(answer);
    if (answer.resources !== this.#shown.resources) {
      this.#safety.replaceChildren(...safetyCard(answer.resources, this.#words));
    }
    if (answer.text !== this.#shown.text || running !== this.#shown.running) {
      showMarkdown(this.#body, answer.text, { partial: running });
      if (answer.text) this.#body.lang = languageOf(answer.text);
    }
    this.#dots.hidden = !running || answer.text !== "";
    this.#showNote(answer, item.again);
    this.#showTrouble(item.again);
    this.#tools.update(item);
    this.#recalled.update(turn);
    this.#turnId = turn.id;
    this.answerId = running ? null : answer.id;
    this.#shown = { ...answer, running, again: item.again };
  }

  /** The tools go away with the answer; whoever used them stays here. */
  #again() {
    this.element.focus({ preventScroll: true });
    this.#context.act.again(this.#turnId);
  }

  #showTrouble(again) {
    if (again === this.#shown.again) return;
    const failed = again?.status === "failed";
    setAttribute(this.element, "data-again", Boolean(again) && !failed && "");
    this.#trouble.hidden = !failed;
    this.#trouble.replaceChildren(
      ...(failed ? troubleWith(again, this.#context, this.#words.leaveIt) : []));
  }

  #showWho(answer) {
    const unchanged = answer.persona === this.#shown.persona && answer.model === this.#shown.model
      && answer.choices === this.#shown.choices;
    if (unchanged) return;
    const persona = this.#personas.get(answer.persona);
    const name = persona?.name ?? (answer.persona || this.#words.someone);
    if (persona) this.element.style.setProperty("--persona", persona.color);
    this.#who.disabled = !answer.persona;
    this.#who.replaceChildren(mark(persona), el("span", { class: "who-name" }, name));
    if (answer.persona) {
      this.#who.append(icon("chevron"));
      this.#who.setAttribute("aria-label", this.#words.why(name));
      this.#why.replaceChildren(...this.#reasons(answer));
    }
    setText(this.#dots.lastElementChild, this.#words.thinking(name));
  }

  #reasons(answer) {
    const words = this.#words;
    const facts = [
      answer.resonanceKey && [
        words.heard, resonanceWords(answer.resonanceKey, words), el("code", {}, answer.resonanceKey),
      ],
      answer.model && [words.model, words[MODELS[answer.model]] ?? answer.model],
    ].filter(Boolean);
    return [
      el("h3", {}, words.whyTitle),
      answer.override && el("p", { class: "chosen" }, words.youChose),
      el("ol", {}, answer.choices.map((choice) => this.#choice(choice))),
      el("dl", {}, facts.map(([name, ...value]) =>
        el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
    ].filter(Boolean);
  }

  #choice({ persona: id, probability, reason }) {
    const persona = this.#personas.get(id);
    const percent = Math.round(probability * 100);
    const bar = el("span", { class: "share", "aria-hidden": "true" });
    bar.style.setProperty("--share", `${percent}%`);
    const item = el("li", {},
      mark(persona), el("span", { class: "choice-name" }, persona?.name ?? id),
      el("span", { class: "percent" }, `${percent}%`), bar,
      el("span", { class: "reason", lang: languageOf(reason) }, reason));
    if (persona) item.style.setProperty("--persona", persona.color);
    return item;
  }

  #showNote({ finishReason, text }, again) {
    const { stopped, stoppedEmpty, cut, againWaits } = this.#words;
    const notes = { stopped: text ? stopped : stoppedEmpty, length: cut };
    const waits = again && again.status !== "failed";
    const note = waits ? againWaits : notes[finishReason] ?? "";
    this.#note.hidden = !note;
    setText(this.#note, note);
  }

  #toggle(act) {
    act.lookAround();
    this.#why.hidden = !this.#why.hidden;
    this.#who.setAttribute("aria-expanded", String(!this.#why.hidden));
    this.#why.scrollIntoView({ block: "nearest" });
  }
}
