// A mentor's answer: who answers, contacts when they are needed, and the text as it comes.

import { el, setAttribute, setText } from "../../../../../app/console/view/dom.js";
import { icon, mark } from "../../../../../app/console/view/icons.js";
import { showMarkdown } from "../../../../../app/console/view/markdown.js";
import { safetyCard } from "../../../../../app/console/view/safety.js";
import type { Message } from "../../types";
import { personaIn, tongueOf, type Context } from "./context";
import { button } from "./said";

const NOTHING: Message = {
  key: "", id: null, role: "assistant", text: "", status: "streaming", turn_id: null, persona: "",
};

/** An answer, or the place where one is awaited. */
export class AnswerView {
  readonly element = el("article", { class: "answer", part: "message message-assistant" });
  #context: Context;
  #who = el("h3", { class: "who", part: "persona" });
  #safety = el("div");
  #body = el("div", { class: "prose", part: "bubble bubble-assistant", dir: "auto" });
  #dots = el("p", { class: "dots" }, el("i"), el("i"), el("i"), el("span", { class: "unseen" }));
  #note = el("p", { class: "note" });
  #tools = el("div", { class: "tools" });
  #shown: Message = { ...NOTHING, status: "queued" };
  #toolsOf = "";

  constructor(context: Context) {
    this.#context = context;
    const parts = [this.#who, this.#safety, this.#dots, this.#body, this.#note, this.#tools];
    this.element.append(...parts);
    this.#showWho("");
  }

  /** Show that somebody, maybe known already, is about to answer. */
  await(persona: string): void {
    this.update({ ...NOTHING, persona }, false);
  }

  /** Show a message; `last` allows to have it answered again. */
  update(message: Message, last: boolean): void {
    const { text, status, persona = "", resources } = message;
    const running = status === "streaming";
    const shown = this.#shown;
    setAttribute(this.element, "aria-busy", running && "true");
    this.element.dataset.status = status;
    if (persona !== shown.persona) this.#showWho(persona);
    if (resources !== shown.resources) {
      this.#safety.replaceChildren(...safetyCard(resources, this.#context.words));
    }
    if (text !== shown.text || status !== shown.status) this.#showText(text, running);
    setText(this.#note, this.#noteOf(message));
    this.#showTools(message, last && !running);
    this.#shown = message;
  }

  #showText(text: string, running: boolean): void {
    showMarkdown(this.#body, text, { partial: running });
    const tongue = tongueOf(text);
    if (tongue) this.#body.lang = tongue;
    this.#dots.hidden = !running || text !== "";
    this.#body.hidden = text === "";
  }

  #showWho(id: string): void {
    const persona = personaIn(this.#context, id);
    const name = persona?.name ?? (id || this.#context.words.someone);
    if (persona) this.element.style.setProperty("--persona", persona.color);
    this.#who.replaceChildren(mark(persona), el("span", {}, name));
    setText(this.#dots.lastElementChild as Element, this.#context.words.thinking(name));
  }

  #noteOf({ status, text, error }: Message): string {
    const { stopped, stoppedEmpty, failedTurn, errors } = this.#context.words;
    if (status === "failed") return `${failedTurn} ${errors[error ?? ""] ?? errors.default}`;
    return status === "stopped" ? (text ? stopped : stoppedEmpty) : "";
  }

  #showTools({ turn_id: id, status }: Message, shown: boolean): void {
    const turn = (shown && id) || "";
    const key = `${turn} ${status}`;
    if (key === this.#toolsOf) return;
    this.#toolsOf = key;
    const { words, act } = this.#context;
    const again = (): void => act.again(turn);
    if (!turn) this.#tools.replaceChildren();
    else if (status === "failed") this.#tools.replaceChildren(button(words.askAgain, again));
    else {
      const props = { type: "button", class: "icon-button quiet", "aria-label": words.again };
      const tool = el("button", { ...props, title: words.again, onclick: again }, icon("again"));
      this.#tools.replaceChildren(tool);
    }
  }
}
