// All that is kept of somebody: taken along, or erased once they are sure.

import { confirmDelete, openDialog } from "./dialogs.js";
import { el, setText } from "./dom.js";
import { icon } from "./icons.js";

/** Open what somebody may do with all that is kept of them; `beginAnew` follows when all was erased. */
export async function openAccount(account, words, beginAnew) {
  const said = words.account;
  const wish = await openDialog({ title: said.title, words }, (finish) => {
    const note = el("p", { class: "panel-note", role: "status" });
    const take = el("button", { type: "button", class: "secondary", onclick: save }, icon("down"), said.take);
    let busy = false;
    return el("div", { class: "dialog-body account" },
      el("p", { class: "panel-hint" }, said.intro),
      take, el("p", { class: "panel-hint" }, said.takeHint),
      el("button", { type: "button", class: "danger-quiet", onclick: () => finish("erase") }, icon("trash"), said.erase),
      el("p", { class: "panel-hint" }, said.eraseHint), note);

    async function save() {
      if (busy) return;
      busy = true;
      setText(note, said.working);
      try {
        download(await account.exported());
        setText(note, said.taken);
      } catch (error) {
        setText(note, error.status === 429 ? words.errors.rate_limited : words.notReached);
      }
      busy = false;
    }
  });
  const warning = { title: said.eraseTitle, text: said.eraseText };
  if (wish !== "erase" || !(await confirmDelete(warning, { ...words, delete: said.eraseYes }))) return;
  const { id, erased_at: erasedAt } = await during(account.erase(), words);
  await openDialog({ title: erasedAt ? said.erasedTitle : said.erasingTitle, words }, (finish) =>
    el("div", { class: "dialog-body" }, el("p", {}, said.erased(id)),
      el("div", { class: "dialog-actions" },
        el("button", { type: "button", class: "primary", autofocus: true, onclick: () => finish(null) }, said.anew))));
  beginAnew();
}

/** Show that something goes on until it has ended; resolves or fails as it does. */
async function during(work, words) {
  let close = () => {};
  openDialog({ title: words.account.working, words }, (finish) => {
    close = finish;
    return el("div", { class: "dialog-body" }, el("p", { role: "status" }, words.account.erasingTitle));
  });
  try {
    return await work;
  } finally {
    close(null);
  }
}

function download(text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  el("a", { href: url, download: "ion.json" }).click();
  // the browser reads it after this
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
