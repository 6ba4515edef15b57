// What somebody wants to be told, and when not: each change holds at once.

import { openDialog } from "./dialogs.js";
import { el, setAttribute, setText } from "./dom.js";

/** Open the settings; `api` reads and changes them. Resolves when they are closed. */
export function openNotifications(api, words) {
  const said = words.notifications;
  let settings = null;
  const shown = [];
  const note = el("p", { class: "panel-note", role: "status" }, said.loading);
  const body = el("fieldset", { class: "notifications", disabled: true },
    toggle(said.preview, (now) => now.preview, (on) => ({ preview: on })),
    toggle(said.checkIns, (now) => now.check_ins, (on) => ({ check_ins: on })),
    toggle(said.reminders, (now) => now.reminders, (on) => ({ reminders: on })),
    toggle(said.nudges, (now) => now.nudges, (on) => ({ nudges: on })),
    el("h3", {}, said.quiet),
    el("div", { class: "quiet-hours" }, time("quiet_from", said.from), time("quiet_to", said.to)),
    el("p", { class: "panel-hint" }, said.quietHint),
    toggle(said.atOnce, (now) => now.replies_at_once, (on) => ({ replies_at_once: on })),
    el("h3", {}, said.about),
    Object.entries(said.kinds).map(([kind, name]) => toggle(name,
      (now) => !now.muted.includes(kind),
      (on) => ({ muted: on ? settings.muted.filter((each) => each !== kind) : [...settings.muted, kind] }))));
  take(() => api.notificationSettings());
  return openDialog({ title: said.title, words }, () =>
    el("div", { class: "dialog-body" }, el("p", { class: "panel-hint" }, said.intro), note, body));

  async function take(work) {
    try {
      settings = await work();
      body.disabled = false;
      setText(note, "");
    } catch {
      setText(note, words.notReached);
    }
    note.hidden = !note.textContent;
    if (settings) for (const show of shown) show(settings);
  }

  function toggle(name, isOn, change) {
    const button = el("button", {
      type: "button", role: "switch", class: "switch", "aria-checked": "false",
      onclick: () => take(() => api.updateNotifications(change(!isOn(settings)))),
    }, el("span", {}, name), el("i", { "aria-hidden": "true" }));
    shown.push((now) => setAttribute(button, "aria-checked", String(isOn(now))));
    return button;
  }

  function time(field, name) {
    const input = el("input", {
      type: "time", id: field, required: true,
      onchange: () => input.value && take(() => api.updateNotifications({ [field]: input.value })),
    });
    shown.push((now) => {
      if (document.activeElement !== input) input.value = now[field];
    });
    return el("label", { for: field }, el("span", {}, name), input);
  }
}
