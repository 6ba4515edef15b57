// The page around the conversation: bar, language, theme, the empty state, and one paint a frame.

import { runningTurn } from "../core/reducer.js";
import { lineOf } from "../core/planned_words.js";
import { languageOf } from "../core/text.js";
import { Banner } from "./banner.js";
import { Composer } from "./composer.js";
import { confirmDelete, conversationDialog, personaDialog } from "./dialogs.js";
import { el, setAttribute, setText } from "./dom.js";
import { icon, mark } from "./icons.js";
import { MemoryPanel } from "./memory.js";
import { PlannedPanel } from "./planned.js";
import { Sidebar } from "./sidebar.js";
import { Thread } from "./thread.js";

const THEMES = ["auto", "light", "dark"];

export class Page {
  #context;
  #chat;
  #storage;
  #asked = false;
  #language = "en";
  #emptyFor = null;
  #plans;

  /** `memory`: what is remembered, of core/memory.js; `planned`: of core/planned.js. */
  constructor(context, chat, storage, { memory, planned }) {
    this.#context = context;
    this.#chat = chat;
    this.#storage = storage;
    this.#plans = planned;
    for (const place of document.querySelectorAll("[data-icon]")) place.append(icon(place.dataset.icon));
    const part = (id) => document.getElementById(id);
    this.thread = new Thread({
      scroll: part("scroll"), thread: part("thread"), log: part("log"), tail: part("tail"), pill: part("pill"),
    }, context);
    this.composer = new Composer({
      form: part("composer"), text: part("text"), label: part("text-label"), hint: part("text-hint"),
      count: part("text-count"), send: part("send"), stop: part("stop"), persona: part("persona"),
    }, context, storage);
    this.sidebar = new Sidebar({
      sidebar: part("sidebar"), scrim: part("scrim"), main: part("main"), openList: part("open-list"),
      closeList: part("close-list"), place: part("sessions"),
    }, context);
    this.banner = new Banner(part("banner"), context);
    this.memory = new MemoryPanel(context, memory);
    this.planned = new PlannedPanel(context, planned);
    part("planned").addEventListener("click", () => context.act.openPlanned());
    part("notifications").addEventListener("click", () => context.act.openNotifications());
    part("account").addEventListener("click", () => this.attempt(() => context.act.openAccount()));
    part("memory").addEventListener("click", () => context.act.openMemory());
    for (const id of ["new-chat", "new-chat-bar"]) part(id).addEventListener("click", () => this.#startNew());
    part("skip").addEventListener("click", (event) => {
      event.preventDefault(); // the address names the conversation
      part("text").focus();
    });
    part("theme").addEventListener("click", () => this.#nextTheme());
    part("language").addEventListener("click", () => this.#otherLanguage());
  }

  /** Something changed: paint it with the next frame. */
  refresh() {
    if (document.hidden) this.#showTitle(this.#chat.state); // nothing is painted, but tabs have names
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#paint();
    });
  }

  /** Words or personas changed: everything that shows them is built anew. */
  rebuild() {
    this.thread.reset();
    this.composer.reset();
    this.sidebar.reset();
    this.#emptyFor = null;
    this.refresh();
  }

  /** Speak another language. */
  setLanguage(language) {
    const { words } = this.#context;
    this.#language = language;
    document.documentElement.lang = language;
    const say = (id, text) => setText(document.getElementById(id), text);
    const name = (id, text) => document.getElementById(id).setAttribute("aria-label", text);
    say("skip", words.skip);
    say("sessions-title", words.conversations);
    setText(document.querySelector("#new-chat .label"), words.newChat);
    name("new-chat-bar", words.newChat);
    name("sidebar", words.conversations);
    name("log", words.conversation);
    name("close-list", words.closeList);
    document.getElementById("memory").replaceChildren(icon("memory"), el("span", {}, words.memory.open));
    document.getElementById("planned").replaceChildren(
      icon("calendar"), el("span", {}, words.planned.open), el("span", { class: "planned-count", "aria-hidden": "true" }));
    document.getElementById("notifications").replaceChildren(icon("bell"), el("span", {}, words.notifications.open));
    document.getElementById("account").replaceChildren(icon("person"), el("span", {}, words.account.open));
    document.getElementById("private").replaceChildren(icon("lock"), el("span", {}, words.memory.private));
    const other = language === "ko" ? "en" : "ko";
    const toggle = document.getElementById("language");
    toggle.replaceChildren(icon("globe"), el("span", { lang: other }, words.language));
    document.getElementById("pill").replaceChildren(icon("down"), el("span", {}, words.newMessages));
    name("pill", words.toBottom);
    this.#showTheme();
    this.rebuild();
  }

  /** Do something that needs the server, and say so when it can't be reached. */
  async attempt(act) {
    try {
      await act();
    } catch {
      this.banner.tell(this.#context.words.notReached);
    }
  }

  /** Begin a conversation of which nothing is remembered. */
  async startPrivate() {
    await this.attempt(() => this.#chat.openPrivate());
    this.sidebar.toggle(false);
    document.getElementById("text").focus();
  }

  /** Let the person rename or delete a conversation. */
  async conversationOptions(session) {
    const { words } = this.#context;
    const title = session.title || words.untitled;
    const wish = session.id.startsWith("new:")
      ? { remove: true } : await conversationDialog(title, words);
    if (wish?.title) await this.attempt(() => this.#chat.rename(session.id, wish.title));
    const warning = { title: words.deleteTitle, text: words.deleteText(title) };
    if (wish?.remove && await confirmDelete(warning, words)) {
      await this.attempt(() => this.#chat.remove(session.id));
    }
  }

  /** Delete a message with its answer, once the person is sure. */
  async deleteMessage(messageId) {
    const { words } = this.#context;
    const warning = { title: words.deleteMessageTitle, text: words.deleteMessageText };
    if (await confirmDelete(warning, words)) {
      await this.attempt(() => this.#chat.deleteMessage(messageId));
    }
  }

  /** Let the person choose who answers. */
  async choosePersona() {
    const { personas, words } = this.#context;
    const wish = await personaDialog(this.#chat.persona, personas, words);
    if (wish) await this.#chat.choose(wish.persona);
    document.getElementById("text").focus();
  }

  #paint() {
    const chat = this.#chat;
    const { state, current, unconfirmed } = chat;
    const empty = !unconfirmed.length && !state.turns.length;
    const opening = empty && !current.startsWith("new:") && !state.loaded;
    this.#showAddress(current);
    this.#showTitle(state);
    document.getElementById("private").hidden = !chat.isPrivate;
    this.#showAbove(state, empty);
    this.#showEmpty(empty, opening, chat.isPrivate);
    this.#showRecap(empty ? "" : state.info?.recap ?? "", Boolean(unconfirmed.length || runningTurn(state)));
    this.#showComing(current, empty);
    this.memory.show();
    this.planned.show();
    this.thread.show(current, state, unconfirmed);
    this.composer.show({
      key: current, persona: chat.persona, running: Boolean(runningTurn(state)),
      connected: chat.connection.status === "open",
    });
    this.sidebar.show(chat, {
      running: (id) => id === current && Boolean(runningTurn(state)),
      unread: (session) => this.#unread(session),
    });
  }

  /** What the person has in front of them is not counted: they are about to read it. */
  #unread(session) {
    const inFront = session.id === this.#chat.current && !document.hidden;
    return inFront ? 0 : this.#chat.unread(session);
  }

  #showAddress(current) {
    const hash = `#${current}`;
    if (location.hash === hash) return;
    const moved = this.#shownKey?.startsWith("new:") || !location.hash;
    history[moved ? "replaceState" : "pushState"](null, "", hash);
    this.#shownKey = current;
  }

  #shownKey = null;

  #showTitle({ info }) {
    const { words } = this.#context;
    const first = this.#chat.localSessions.find((each) => each.id === this.#chat.current);
    const { sessions } = this.#chat.shelf;
    const listed = sessions.find((each) => each.id === this.#chat.current);
    const title = info?.title || listed?.title || first?.title || words.untitled;
    const heading = document.getElementById("title");
    setText(heading, title);
    heading.lang = languageOf(title);
    const unread = sessions.reduce((sum, each) => sum + this.#unread(each), 0);
    document.title = `${unread ? `(${unread}) ` : ""}${title} · ION`;
    const list = document.getElementById("open-list");
    setAttribute(list, "data-unread", unread > 0 && unread);
    setAttribute(list, "aria-label", words.openList + (unread ? `, ${words.unread(unread)}` : ""));
  }

  /** What stands above the messages: that an AI answers, and the way to older messages. */
  #showAbove(state, empty) {
    const { words, act } = this.#context;
    const older = this.#chat.hasOlder;
    const notice = empty ? "" : state.notice || words.aiNote;
    const key = `${older} ${notice} ${this.#language}`;
    const place = document.getElementById("above");
    if (place.dataset.shown === key) return;
    place.dataset.shown = key;
    place.replaceChildren(...[
      older && el("button", { type: "button", class: "small-button older", onclick: act.older }, words.older),
      older === null && el("p", { class: "older" }, words.loadingOlder),
      notice && el("p", { class: "ai-notice", lang: languageOf(notice) }, el("span", { class: "ai-badge", "aria-hidden": "true" }, "AI"), notice),
    ].filter(Boolean));
  }

  /** What somebody who comes back to a conversation should know, until they go on. */
  #showRecap(recap, goesOn) {
    const text = goesOn ? "" : recap;
    const place = document.getElementById("recap");
    if (place.textContent === text) return;
    place.replaceChildren(...(text
      ? [el("p", { class: "recap", lang: languageOf(text) }, icon("clock"), el("span", {}, text))] : []));
  }

  /** What a mentor is going to write here of itself, and how much is planned at all. */
  #showComing(current, empty) {
    const { words, personas, act } = this.#context;
    const { standing } = this.#plans;
    const count = standing.length ? words.planned.count(standing.length) : "";
    setText(document.querySelector("#planned .planned-count"), standing.length ? String(standing.length) : "");
    setAttribute(document.getElementById("planned"), "aria-label", [words.planned.open, count].filter(Boolean).join(", "));
    const next = empty ? null : this.#plans.nextIn(current);
    const name = personas.get(next?.persona)?.name ?? words.someone;
    const line = next ? lineOf(next, name, words, Date.now()) : "";
    const place = document.getElementById("coming");
    if (place.textContent === line) return;
    place.replaceChildren(...(line
      ? [el("button", { type: "button", class: "coming", "aria-haspopup": "dialog", onclick: () => act.openPlanned() },
        icon("calendar"), el("span", {}, line))] : []));
  }

  #showEmpty(empty, opening, isPrivate) {
    const { words, personas, act } = this.#context;
    const key = empty ? `${opening} ${isPrivate} ${this.#language} ${personas.size}` : "";
    if (this.#emptyFor === key) return;
    this.#emptyFor = key;
    const place = document.getElementById("empty");
    if (!empty) return place.replaceChildren();
    if (opening) return place.replaceChildren(el("p", { class: "opening" }, words.loading));
    const starter = (text) => el("li", {}, el("button", {
      type: "button", class: "starter", onclick: () => act.say(text),
    }, text));
    place.replaceChildren(el("section", { class: "welcome", "aria-labelledby": "hello" },
      el("p", { class: "faces" }, [...personas.values()].map((persona) => this.#face(persona))),
      el("h2", { id: "hello" }, isPrivate ? words.memory.privateHello : words.hello),
      el("p", { class: "welcome-text" }, isPrivate ? words.memory.privateText : words.helloText),
      el("ul", { class: "starters" }, words.starters.map(starter)),
      !isPrivate && el("button", {
        type: "button", class: "quiet-button start-private", onclick: act.openPrivate,
      }, icon("lock"), el("span", {}, words.memory.startPrivate)),
      el("p", { class: "ai-notice" }, el("span", { class: "ai-badge", "aria-hidden": "true" }, "AI"), words.aiNote)));
  }

  #face(persona) {
    return el("span", { class: "face" }, mark(persona), el("span", {}, persona.name));
  }

  #startNew() {
    this.#context.act.openNew();
    this.sidebar.toggle(false);
    document.getElementById("text").focus();
  }

  #otherLanguage() {
    const other = this.#language === "ko" ? "en" : "ko";
    this.#storage.set("ion.language", other);
    this.#context.act.setLanguage(other);
  }

  #nextTheme() {
    const at = THEMES.indexOf(this.#storage.get("ion.theme") ?? "auto");
    this.#storage.set("ion.theme", THEMES[(at + 1) % THEMES.length]);
    this.#showTheme();
  }

  #showTheme() {
    const { words } = this.#context;
    const theme = this.#storage.get("ion.theme") ?? "auto";
    const root = document.documentElement;
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    const label = el("span", {}, words.themes[theme]);
    document.getElementById("theme").replaceChildren(icon("sun"), label);
  }
}
