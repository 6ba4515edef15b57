// Modal dialogs: the browser keeps the focus inside, Escape closes, the focus returns.

import { languageOf } from "../core/text.js";
import { el } from "./dom.js";
import { anyMark, icon, mark } from "./icons.js";

/** Open a dialog; resolves to what `finish` was called with, or null when it was closed. */
export function openDialog({ title, words, kind = "" }, build) {
  return new Promise((resolve) => {
    let result = null;
    const finish = (value) => {
      result = value;
      dialog.close();
    };
    const heading = el("h2", { id: "dialog-title" }, title);
    const close = el("button", {
      type: "button", class: "icon-button", "aria-label": words.close, onclick: () => finish(null),
    }, icon("close"));
    const dialog = el("dialog", { "aria-labelledby": "dialog-title", class: kind },
      el("div", { class: "dialog-head" }, heading, close), build(finish));
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) finish(null);
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("[autofocus]")?.focus();
  });
}

/** Let the person rename or delete a conversation: { title } or { remove: true } or null. */
export function conversationDialog(title, words) {
  return openDialog({ title: words.renameTitle, words }, (finish) => {
    const input = el("input", { id: "new-title", maxlength: "200", autofocus: true, value: title });
    const save = (event) => {
      event.preventDefault();
      const trimmed = input.value.trim();
      finish(trimmed && trimmed !== title ? { title: trimmed } : null);
    };
    return el("form", { class: "dialog-body", onsubmit: save },
      el("label", { for: "new-title" }, words.titleLabel), input,
      el("div", { class: "dialog-actions" },
        el("button", { type: "button", class: "danger-quiet", onclick: () => finish({ remove: true }) },
          icon("trash"), words.delete),
        el("button", { type: "submit", class: "primary" }, words.save)));
  });
}

/** Ask before something is deleted: true or null. */
export function confirmDelete({ title, text }, words) {
  return openDialog({ title, words }, (finish) =>
    el("div", { class: "dialog-body" },
      el("p", {}, text),
      el("div", { class: "dialog-actions" },
        el("button", { type: "button", class: "secondary", autofocus: true, onclick: () => finish(null) }, words.cancel),
        el("button", { type: "button", class: "danger", onclick: () => finish(true) }, words.delete))));
}

/** Let the person choose who answers: { persona: id or null }, or null when nothing was chosen. */
export function personaDialog(chosen, personas, words) {
  const choices = [null, ...personas.values()];
  return openDialog({ title: words.whoAnswers, words }, (finish) =>
    el("ul", { class: "personas" }, choices.map((persona) => {
      const current = (persona?.id ?? null) === chosen;
      const name = persona?.name ?? words.auto;
      const role = persona?.role ?? words.autoLong;
      return el("li", {}, el("button", {
        type: "button", "aria-pressed": String(current), autofocus: current,
        onclick: () => finish({ persona: persona?.id ?? null }),
      }, persona ? mark(persona) : anyMark(personas), el("span", { class: "persona-name" }, name),
        el("span", { class: "persona-role", lang: languageOf(role) }, role), current && icon("tick")));
    })));
}
