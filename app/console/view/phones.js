// Locked screens: the cards of each simulated phone, and what can be done with it.

import { languageOf } from "../core/text.js";
import { arrange, el, keepFocus, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";

export class PhonesView {
  #place;
  #phones;
  #words;
  #rows = new Map();

  /** `phones`: of core/phones.js. */
  constructor(place, phones) {
    this.#place = place;
    this.#phones = phones;
  }

  /** Other words: everything is built anew. */
  reset(words) {
    this.#words = words;
    this.#rows.clear();
    this.#place.replaceChildren();
  }

  /** Show the phones as they are now. */
  show() {
    const list = this.#phones.list ?? [];
    keepFocus(() => arrange(this.#place, list.map((phone, at) => this.#phone(phone, at + 1))));
  }

  #phone(phone, number) {
    const row = this.#rows.get(phone.installation_id) ?? this.#newPhone(phone.installation_id);
    const said = this.#words.phones;
    const name = said.name(said.names[phone.platform], number);
    row.phone = phone;
    setText(row.name, name);
    setAttribute(row.list, "aria-label", said.cards(name));
    setAttribute(row.remove, "aria-label", said.removeOf(name));
    setAttribute(row.test, "aria-label", said.testOf(name));
    setAttribute(row.preview, "aria-checked", String(phone.preview));
    row.badge.hidden = !phone.badge;
    setText(row.count, phone.badge ? String(phone.badge) : "");
    setText(row.unread, phone.badge ? said.badge(phone.badge) : "");
    row.quiet.hidden = phone.cards.length > 0;
    const now = new Date();
    setText(row.time, this.#words.time(now));
    setText(row.day, this.#words.date(now));
    keepFocus(() => arrange(row.list, phone.cards.map((card) => this.#card(row, card))));
    return row.element;
  }

  #newPhone(id) {
    const said = this.#words.phones;
    const row = {
      cards: new Map(), phone: null,
      name: el("h2", { class: "phone-name", id: `name-${id}` }),
      time: el("p", { class: "phone-time" }), day: el("p", { class: "phone-day" }),
      list: el("ul", { class: "cards", "aria-live": "polite", "aria-relevant": "additions" }),
      quiet: el("p", { class: "phone-quiet" }, said.quiet),
      count: el("span", { "aria-hidden": "true" }), unread: el("span", { class: "visually-hidden" }),
    };
    row.badge = el("span", { class: "app-badge", hidden: true }, row.count, row.unread);
    row.preview = el("button", {
      type: "button", role: "switch", class: "switch",
      onclick: () => this.#phones.preview(row.phone, !row.phone.preview),
    }, el("span", {}, said.preview), el("i", { "aria-hidden": "true" }));
    row.test = this.#button(said.test, () => this.#phones.test(row.phone));
    row.remove = this.#button(said.remove, () => this.#phones.remove(row.phone));
    const app = el("div", { class: "app-icon" }, icon("brand"), row.badge);
    const screen = el("div", { class: "lock-screen" },
      el("div", { class: "lock-clock" }, row.day, row.time), row.quiet, row.list, app);
    row.element = el("section", { class: "phone", "aria-labelledby": `name-${id}`, dataset: { id } },
      row.name, screen, row.preview, el("div", { class: "phone-actions" }, row.test, row.remove));
    this.#rows.set(id, row);
    return row;
  }

  #button(text, onclick) {
    return el("button", { type: "button", class: "quiet-button", onclick }, text);
  }

  #card(row, card) {
    const key = `${card.notification_id} ${card.shown_at}`;
    const known = row.cards.get(card.tag);
    if (known?.key === key) return known.element;
    const element = this.#newCard(row, card);
    row.cards.set(card.tag, { key, element });
    return element;
  }

  #newCard(row, card) {
    const said = this.#words.phones;
    const text = [
      el("span", { class: "card-head" }, icon("brand"), el("span", {}, "ION"),
        el("time", { datetime: card.shown_at }, this.#words.time(card.shown_at))),
      el("span", { class: "card-title", lang: languageOf(card.title) }, card.title),
      card.body && el("span", { class: "card-body", lang: languageOf(card.body) }, card.body),
    ];
    const open = card.tag.startsWith("s_")
      ? el("a", {
        class: "card-link", href: `/#${card.tag}`, target: "ion-conversation",
        onclick: () => this.#phones.opened(row.phone, card),
      }, text)
      : el("div", { class: "card-link" }, text);
    const away = el("button", {
      type: "button", class: "icon-button", "aria-label": said.dismiss(card.title),
      onclick: () => this.#phones.dismiss(row.phone, card),
    }, icon("close"));
    return el("li", { class: "lock-card", dataset: { tag: card.tag, kind: card.kind } }, open, away);
  }
}
