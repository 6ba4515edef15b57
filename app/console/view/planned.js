// The panel of what mentors are going to write of themselves, and of what they may.

import { openDialog } from "./dialogs.js";
import { arrange, el, keepFocus, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { PlanCard } from "./planned_card.js";

const CONSENTS = { check_ins: "checkIns", reminders: "reminders", nudges: "nudges" };

export class PlannedPanel {
  #context;
  #planned;
  #cards = new Map();
  #parts = null;
  #trouble = "";
  #finish = () => {};

  /** `planned`: what is planned, of core/planned.js. */
  constructor(context, planned) {
    this.#context = context;
    this.#planned = planned;
  }

  /** Open it; resolves when it is closed. */
  async open() {
    if (this.#parts) return;
    const { words } = this.#context;
    const opened = openDialog({ title: words.planned.title, words, kind: "panel" }, (finish) => {
      this.#finish = finish;
      this.#parts = this.#build();
      return this.#parts.body;
    });
    this.show();
    this.#attempt(() => this.#planned.load(), words.planned.failed);
    const wish = await opened;
    this.#parts = null;
    this.#cards.clear();
    this.#planned.leaving.leave();
    wish?.();
  }

  /** Show what is planned now. */
  show() {
    if (!this.#parts) return;
    const { list, note, allowed, switches } = this.#parts;
    const { list: plans, settings, loaded } = this.#planned;
    const said = this.#context.words.planned;
    const within = list.contains(document.activeElement);
    keepFocus(() => arrange(list, plans.map((plan) => this.#card(plan))));
    if (within && !list.contains(document.activeElement)) list.focus();
    const none = settings && Object.keys(CONSENTS).some((name) => settings[name]) ? said.none : said.noneAllowed;
    setText(note, this.#trouble || (!loaded || !settings ? said.loading : plans.length ? "" : none));
    note.hidden = !note.textContent;
    allowed.disabled = !settings;
    for (const [name, button] of switches) setAttribute(button, "aria-checked", String(Boolean(settings?.[name])));
  }

  #build() {
    const { words, act } = this.#context;
    const said = words.planned;
    const list = el("ul", { class: "memories", tabindex: "-1", "aria-label": said.title });
    const note = el("p", { class: "panel-note", role: "status" });
    const switches = Object.entries(CONSENTS).map(([name, word]) => [name, this.#switch(name, said[word])]);
    const hint = (name) => el("p", { class: "panel-hint", id: `may-${name}` }, said[`${CONSENTS[name]}Hint`]);
    const allowed = el("fieldset", { class: "may", disabled: true },
      el("legend", {}, said.consents),
      el("div", { class: "panel-settings" }, switches.map(([name, button]) => [button, hint(name)]).flat()));
    const more = el("button", {
      type: "button", class: "quiet-button", onclick: () => this.#finish(() => act.openNotifications()),
    }, icon("bell"), el("span", {}, said.settings));
    const body = el("div", { class: "panel-body" },
      el("p", { class: "panel-intro" }, said.intro), list, note, allowed,
      el("p", { class: "panel-intro often" }, said.often), more);
    return { body, list, note, allowed, switches };
  }

  #switch(name, label) {
    return el("button", {
      type: "button", role: "switch", class: "switch", dataset: { name }, "aria-describedby": `may-${name}`,
      onclick: () => this.#attempt(() => this.#planned.allow({ [name]: !this.#planned.settings[name] })),
    }, el("span", {}, label), el("i", { "aria-hidden": "true" }));
  }

  #card(plan) {
    const card = this.#cards.get(plan.id) ?? new PlanCard(this.#context, this.#planned, {
      open: (sessionId) => this.#finish(() => this.#context.act.openSession(sessionId)),
    });
    this.#cards.set(plan.id, card);
    card.update(plan);
    return card.element;
  }

  /** Do something that needs the server, and say so here when it can't be reached. */
  async #attempt(work, trouble = this.#context.words.notReached) {
    try {
      await work();
      this.#trouble = "";
    } catch {
      this.#trouble = trouble;
    }
    this.show();
  }
}
