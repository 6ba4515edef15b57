// What mentors may write of themselves, as switches: the consents of the account.

import { el, setAttribute, setText } from "./dom.js";

const CONSENTS = { check_ins: "checkIns", reminders: "reminders", nudges: "nudges" };

export class Consents {
  #place;
  #api;
  #words;
  #settings = null;
  #asking = false;

  /** `place` is a fieldset; `api` reads and changes the settings. */
  constructor(place, api) {
    this.#place = place;
    this.#api = api;
  }

  /** Other words: everything is built anew. */
  reset(words) {
    this.#words = words;
    this.note = el("p", { class: "phones-note", role: "status" });
    this.switches = Object.entries(CONSENTS).map(([name, said]) => [name, el("button", {
      type: "button", role: "switch", class: "switch", dataset: { name },
      onclick: () => this.#take(() => this.#api.updateNotifications({ [name]: !this.#settings[name] })),
    }, el("span", {}, words.notifications[said]), el("i", { "aria-hidden": "true" }))]);
    this.#place.replaceChildren(
      el("legend", {}, el("h2", {}, words.phones.consents)), ...this.switches.map(([, button]) => button), this.note);
    this.#show();
  }

  /** Read what is allowed, unless that is known. */
  async load() {
    if (!this.#settings && !this.#asking) await this.#take(() => this.#api.notificationSettings());
  }

  async #take(work) {
    this.#asking = true;
    try {
      this.#settings = await work();
      setText(this.note, "");
    } catch {
      // while nothing is known the page says itself that the server is away
      setText(this.note, this.#settings ? this.#words.notReached : "");
    }
    this.#asking = false;
    this.#show();
  }

  #show() {
    this.#place.disabled = !this.#settings;
    for (const [name, button] of this.switches) {
      setAttribute(button, "aria-checked", String(Boolean(this.#settings?.[name])));
    }
  }
}
