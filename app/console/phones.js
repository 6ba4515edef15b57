// Puts the page of simulated phones together, as main.js does that of conversations.

import { Api } from "./core/api.js";
import { Auth } from "./core/auth.js";
import { chooseLanguage, wordsOf } from "./core/i18n.js";
import { Phones } from "./core/phones.js";
import * as phrases from "./core/phones_words.js";
import { jsonStorage } from "./core/storage.js";
import { Consents } from "./view/consents.js";
import { el, setText } from "./view/dom.js";
import { icon } from "./view/icons.js";
import { PhonesView } from "./view/phones.js";

const part = (id) => document.getElementById(id);
const fetcher = (url, options) => fetch(url, options);
const timers = {
  setTimeout: (act, ms) => setTimeout(act, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};
const storage = jsonStorage(localStorageOrNull());
let language = chooseLanguage(storage.get("ion.language"), navigator.languages);
let words = {};
const auth = new Auth({ storage, fetch: fetcher, locks: navigator.locks, now: () => Date.now() });
const api = new Api({ fetch: fetcher, auth });
const phones = new Phones({ api, timers, changed: show, place });
const view = new PhonesView(part("phones"), phones);
const consents = new Consents(part("consents"), api);

part("back").append(icon("back"));
part("add").addEventListener("click", () => phones.add());
part("language").addEventListener("click", () => {
  language = language === "ko" ? "en" : "ko";
  storage.set("ion.language", language);
  speak();
});
document.addEventListener("visibilitychange", () => (document.hidden ? phones.rest() : phones.watch()));
speak();
phones.watch();

function speak() {
  words = { ...wordsOf(language, undefined, navigator.languages), phones: phrases[language.toUpperCase()] };
  const said = words.phones;
  document.documentElement.lang = language;
  document.title = `${said.title} · ION`;
  setText(part("title"), said.title);
  setText(part("intro"), said.intro);
  setText(part("add"), said.add);
  part("back").setAttribute("aria-label", said.back);
  part("language").replaceChildren(
    icon("globe"), el("span", { lang: language === "ko" ? "en" : "ko" }, words.language));
  view.reset(words);
  consents.reset(words);
  show();
}

function show() {
  const { list, failed } = phones;
  setText(part("note"), failed ? words.phones.failed : list?.length === 0 ? words.phones.none : "");
  view.show();
  if (list) consents.load();
}

/** Where the phones are: they speak what the page speaks. */
function place() {
  const { timeZone: timezone = "" } = Intl.DateTimeFormat().resolvedOptions();
  return { locale: language, timezone };
}

function localStorageOrNull() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
