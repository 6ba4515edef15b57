// All that is kept of somebody: taken along, or erased once they are sure.

import { confirmDelete, openDialog } from "./dialogs.js";
import { el, setText } from "./dom.js";
import { icon } from "./icons.js";

/** Open what somebody may do with all that is kept of them; `beginAnew` follows when all was erased. */
export async function openAccount(account, words, beginAnew) {
  const said = words.account;
  const wish = await openDialog({ title: said.title, words }, (finish) => {
    const note = el("p", { class: "panel-note", role: "status", hidden: true });
    const take = el("button", { type: "button", class: "secondary", onclick: save }, icon("down"), said.take);
    return el("div", { class: "dialog-body account" },
      el("p", { class: "panel-hint" }, said.intro),
      take, el("p", { class: "panel-hint" }, said.takeHint),
      el("button", { type: "button", class: "danger-quiet", onclick: () => finish("erase") }, icon("trash"), said.erase),
      el("p", { class: "panel-hint" }, said.eraseHint), note);

    async function save() {
      take.disabled = true;
      tell(said.working);
      try {
        download(await account.exported());
        tell(said.taken);
      } catch {
        tell(words.notReached);
      }
      take.disabled = false;
    }

    function tell(text) {
      note.hidden = false;
      setText(note, text);
    }
  });
  const warning = { title: said.eraseTitle, text: said.eraseText };
  if (wish !== "erase" || !(await confirmDelete(warning, { ...words, delete: said.eraseYes }))) return;
  const { id, erased_at: erasedAt } = await account.erase();
  await openDialog({ title: erasedAt ? said.erasedTitle : said.erasingTitle, words }, (finish) =>
    el("div", { class: "dialog-body" }, el("p", {}, said.erased(id)),
      el("div", { class: "dialog-actions" },
        el("button", { type: "button", class: "primary", autofocus: true, onclick: () => finish(null) }, said.anew))));
  beginAnew();
}

function download(text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  el("a", { href: url, download: "ion.json" }).click();
  // the browser reads it after this
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
