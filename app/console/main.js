// Puts the page together: browser things are handed to the parts here, and nowhere else.

import { Account } from "./core/account.js";
import { Api } from "./core/api.js";
import { Auth } from "./core/auth.js";
import { Chat } from "./core/chat.js";
import { Connection } from "./core/connection.js";
import { chooseLanguage, wordsOf } from "./core/i18n.js";
import { newId } from "./core/ids.js";
import { Memory } from "./core/memory.js";
import { Outbox } from "./core/outbox.js";
import { Planned } from "./core/planned.js";
import { jsonStorage } from "./core/storage.js";
import { openAccount } from "./view/account.js";
import { openNotifications } from "./view/notifications.js";
import { Page } from "./view/page.js";

const VERSION = "2.1";
const now = () => Date.now();
const timers = {
  setTimeout: (act, ms) => setTimeout(act, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};
const storage = jsonStorage(localStorageOrNull());
const language = chooseLanguage(storage.get("ion.language"), navigator.languages);
const context = { words: {}, personas: new Map(), editing: new Map(), act: {} };

const fetcher = (url, options) => fetch(url, options);
const auth = new Auth({ storage, fetch: fetcher, locks: navigator.locks, now });
const api = new Api({ fetch: fetcher, auth });
const account = new Account({ api, storage });
const outbox = new Outbox({ storage, now });
const chat = new Chat({ outbox, api, storage, timers, now, changed: () => page.refresh() });
const memory = new Memory({ api, storage, timers, now, changed: () => page.refresh() });
const planned = new Planned({ api, storage, timers, now, changed: () => page.refresh() });
const page = new Page(context, chat, storage, { memory, planned });
const connection = new Connection({
  ...timers,
  random: Math.random,
  openSocket: (subprotocol) => new WebSocket(socketUrl(), subprotocol),
  token: (why) => auth.token(why),
  hello: () => ({ device: device(), attach: chat.attachPoints() }),
  onFrame: (frame) => {
    if (frame.type === "welcome") welcomed(frame.user_id);
    memory.received(frame);
    planned.received(frame);
    chat.received(frame);
  },
  onStatus: statusChanged,
});
chat.connection = connection;
context.remembered = (ids, said) => memory.texts(ids, said);
context.hasOlder = () => chat.hasOlder;
context.ratingOf = (turn) => chat.marks.ratingOf(turn);
let everOpen = false;
let person = null;
let renewal = null;

Object.assign(context.act, {
  say: (text) => chat.say(text),
  stop: () => chat.stop(),
  retry: (id) => chat.retry(id),
  discard,
  askAgain: (turnId) => chat.askAgain(turnId),
  again: (turnId) => chat.again(turnId),
  edit: (messageId, text) => page.thread.focusOn(`m:${chat.edit(messageId, text)}`),
  deleteMessage: (messageId) => page.deleteMessage(messageId),
  rate: (turnId, rating) => chat.rate(turnId, rating),
  branch: (turnId) => page.attempt(() => chat.branch(turnId)),
  saw: (messageId) => chat.saw(messageId),
  typing: (text) => chat.typing(text),
  placeOf: (key) => chat.placeOf(key),
  lookAround: () => page.thread.lookAround(),
  older: () => chat.loadOlder(),
  more: () => page.attempt(() => chat.shelf.more()),
  wake: () => connection.wake(),
  options: (session) => page.conversationOptions(session),
  choosePersona: () => page.choosePersona(),
  openNew: () => chat.openNew(),
  openPrivate: () => page.startPrivate(),
  openAccount: () => openAccount(account, context.words, () => location.replace("/")),
  openNotifications: () => openNotifications(api, context.words),
  openMemory: (id) => page.memory.open(id),
  openPlanned: () => page.planned.open(),
  openSession: (id) => {
    chat.open(id);
    page.sidebar.toggle(false);
  },
  jump: (sessionId, messageId) => {
    page.thread.jumpTo(sessionId, messageId);
    chat.open(sessionId);
    page.sidebar.toggle(false);
  },
  notShown: () => page.banner.tell(context.words.memory.notShown),
  setLanguage,
});

setLanguage(language);
auth.onNewUser = () => {
  person = null;
  memory.clear();
  planned.clear();
  chat.newUser();
  page.banner.tell(context.words.freshStart);
  connection.reset();
};
window.addEventListener("hashchange", openFromAddress);
window.addEventListener("pagehide", () => {
  memory.leaving.leave();
  planned.leaving.leave();
});
window.addEventListener("online", () => {
  connection.wake();
  // a socket may outlive a gap in which calls failed
  if (connection.status === "open") carryOn();
});
window.addEventListener("offline", () => {
  connection.doubt();
  showStatus(connection.status);
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return connection.hide();
  connection.show();
  page.thread.look();
  chat.shelf.refreshSoon();
  planned.look();
});
openFromAddress();
connection.start();

function openFromAddress() {
  const key = decodeURIComponent(location.hash.slice(1));
  const local = key.startsWith("new:");
  const [waiting] = chat.localSessions;
  if (key === chat.current && key) return;
  if (local ? outbox.of(key).length : key) chat.open(key);
  else if (waiting && !local) chat.open(waiting.id);
  else chat.openNew();
}

/** Give up what could not be sent; its words go back to where they were written. */
function discard(id) {
  const entry = chat.discard(id);
  if (entry?.kind === "edit") {
    context.editing.set(entry.about, entry.text);
    page.refresh();
  } else if (entry?.text) {
    page.composer.offer(entry.text);
  }
}

/** In another tab somebody else may have begun: then they are who is here, too. */
function welcomed(userId) {
  if (person && person !== userId) auth.onNewUser();
  person = userId;
}

function statusChanged(status, why) {
  if (status === "open") {
    everOpen = true;
    renewLater();
    carryOn();
    if (!context.personas.size) loadPersonas();
  }
  chat.connected(status === "open");
  showStatus(status, why);
}

/** The server can be asked: what waited for that is done. */
function carryOn() {
  memory.connected();
  planned.connected();
}

function showStatus(status, why = "") {
  page.banner.show(status, why, { online: navigator.onLine, before: everOpen });
}

/** A new token goes through the open socket, before the old one ends it. */
function renewLater() {
  clearTimeout(renewal);
  renewal = setTimeout(async () => {
    try {
      connection.send({ type: "hello", token: await auth.token(), device: device() });
    } catch {
      // the socket will be closed when the token ends, and the next one asks again
    }
    renewLater();
  }, Math.max(auth.renewInMs() + 1_000, 10_000));
}

function setLanguage(chosen) {
  context.words = wordsOf(chosen, undefined, navigator.languages);
  context.language = chosen;
  page.setLanguage(chosen);
  loadPersonas();
}

async function loadPersonas() {
  try {
    const { personas } = await api.personas(context.language);
    const named = (each) => ({ ...each, name: each.names[context.language] ?? each.name });
    context.personas = new Map(personas.map((each) => [each.id, named(each)]));
    page.rebuild();
  } catch {
    // asked again when the connection is there
  }
}

function device() {
  let id = storage.get("ion.installation");
  if (!id) storage.set("ion.installation", (id = newId("web_")));
  const { timeZone: timezone = "" } = Intl.DateTimeFormat().resolvedOptions();
  return {
    installation_id: id, platform: "web", app_version: VERSION, locale: navigator.language, timezone,
  };
}

function socketUrl() {
  return new URL("/api/v2.1/ws", location.href.replace(/^http/, "ws")).href;
}

function localStorageOrNull() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
