// The panel: who talks, their conversation, and the view that shows it.

// first, since texts that are alike compress best side by side
import { panelWords } from "./words";
import { newId } from "../../ids";
import { call } from "../../rest";
import type { Host, Notified, Panel, TokenSource } from "../launcher/host";
import type { Context, Persona } from "../view/context";
import { View } from "../view/view";
import { Conversation } from "./conversation";
import { Notifications } from "./notify";
import listCss from "./list.css";
import css from "./panel.css";
import { type Person, People } from "./people";
import { Space, storageOf } from "./space";
import { Told } from "./told";

interface PersonaList {
  personas: Persona[];
}

const NOBODY: PersonaList = { personas: [] };

/** Return the panel of a launcher. */
export function createPanel(host: Host): Panel {
  return new ChatPanel(host);
}

class ChatPanel implements Panel {
  #host: Host;
  #site: Space;
  #installation: string;
  #context: Context;
  #people: People;
  #conversation!: Conversation;
  #told: Told;
  #view: View;
  #notifications: Notifications;
  #isOpen = false;
  /** How many changes of who talks are under way. */
  #changes = 0;
  #drawing = 0;

  constructor(host: Host) {
    this.#host = host;
    const { site } = host.config();
    this.#site = new Space(storageOf("localStorage"), `ion.${site}.`);
    this.#installation = this.#site.get("installation") ?? newId("i_");
    this.#site.set("installation", this.#installation);
    this.#context = this.#newContext(new Map());
    this.#told = new Told((detail) => host.emit("message", detail));
    this.#view = this.#build();
    this.#people = new People({
      api: this.#api, site, installation: this.#installation,
      settled: () => this.#conversation.settled(),
      changed: (person, session) => this.#become(person, session),
      silence: (person) => this.#notifications.silence(person),
      renew: () => this.renew(),
    });
    this.#notifications = new Notifications({
      site: this.#site,
      installation: this.#installation,
      config: () => host.config(),
      conversation: () => this.#conversation,
    });
    this.#converse(this.#people.person);
    this.#listen();
    this.renew();
    void this.#meet();
  }

  show(session?: string): void {
    this.#isOpen = true;
    void this.#meet();
    if (session) this.#open(session);
    this.#conversation.connect();
    this.#draw();
    this.#view.show();
  }

  opened(notification: string): void {
    void this.#notifications.opened(notification);
  }

  hide(): void {
    this.#isOpen = false;
    this.#conversation.shelf.leave();
    this.#view.hide();
  }

  identify(source: TokenSource): Promise<void> {
    return this.#change(() => this.#people.identify(source));
  }

  logout(): Promise<void> {
    return this.#change(async () => {
      await this.#people.logout();
      await this.#notifications.clear();
    });
  }

  async notify(): Promise<Notified> {
    const outcome = await this.#notifications.subscribe();
    this.#draw();
    return outcome;
  }

  renew(): void {
    void this.#notifications.renew();
    void this.#notifications.tidy();
  }

  configured(): void {
    this.#context = this.#newContext(this.#context.personas);
    this.#view.reset(this.#context);
    this.#draw();
  }

  get #api(): string {
    return `${this.#host.config().server}/api/v2.1`;
  }

  #newContext(personas: Map<string, Persona>): Context {
    const { lang } = this.#host.config();
    const words = panelWords(lang, this.#host.words.of(lang));
    return { words, lang, tongue: this.#host.lang, personas, act: this.#acts() };
  }

  #acts(): Context["act"] {
    const persona = (): string | undefined => this.#host.config().persona || undefined;
    return {
      say: (text) => {
        if (this.#changes) return;
        this.#site.set("spoke", "1");
        this.#conversation.session.send(text, { persona: persona() });
      },
      stop: () => this.#conversation.session.stop(),
      retry: (key) => {
        if (!this.#changes) this.#conversation.session.retry(key);
      },
      change: (key) => {
        if (this.#changes) return;
        const said = this.#conversation.messages.find((each) => each.key === key);
        this.#conversation.session.discard(key);
        this.#view.composer.write(said?.text ?? "");
        this.#view.composer.field.focus();
      },
      again: (turnId) => {
        if (this.#changes) return;
        this.#conversation.session.regenerate(turnId);
        this.#view.composer.field.focus();
      },
      typing: (active) => this.#conversation.session.typing(active),
      draft: (text) => this.#conversation.person.space.set("draft", text),
      older: () => void this.#conversation.older(),
      seen: () => this.#seen(),
      list: () => {
        this.#list(!this.#view.listing);
        this.#view.focusList();
      },
      more: () => void this.#conversation.shelf.older(),
      go: (name) => {
        this.#open(name);
        if (name) this.#view.enter();
        else this.#view.composer.field.focus();
      },
    };
  }

  #build(): View {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css + listCss);
    this.#host.root.adoptedStyleSheets.push(sheet);
    const view = new View(this.#context, {
      ...this.#context.act,
      notify: () => void this.#askToNotify(),
      close: () => this.#host.close(),
      tryNow: () => this.#conversation.connect(),
    });
    this.#host.root.append(view.element);
    return view;
  }

  #listen(): void {
    const wake = (): void => {
      if (!document.hidden) {
        this.#conversation.client.wake();
        void this.#notifications.tidy();
      }
      if (this.#view.listing) void this.#conversation.shelf.look();
      this.#draw();
    };
    for (const sign of ["online", "offline"]) window.addEventListener(sign, wake);
    document.addEventListener("visibilitychange", wake);
  }

  /** Begin with a person: what was another's is neither shown nor sent from here on. */
  #converse(person: Person): void {
    const conversation = new Conversation({
      url: this.#host.config().server,
      person,
      installation: this.#installation,
      locale: this.#context.lang,
      changed: () => this.#changed(),
      unread: (count) => this.#host.emit("unread", { count }),
      expired: () => this.#expired(person),
    });
    this.#conversation = conversation;
    this.#view.composer.write(person.space.get("draft") ?? "");
    if (conversation.begun || person.kind === "user" || this.#isOpen) conversation.connect();
    void conversation.resume().catch(() => {});
  }

  #become(person: Person, session: string | null): void {
    const before = this.#conversation;
    before.close();
    this.#view.leave();
    this.#told.forget();
    this.#view.thread.reset(this.#context);
    this.#host.emit("unread", { count: 0 });
    if (session) person.space.set("session", session);
    this.#converse(person);
    this.#host.emit("identity", { state: person.kind, user_id: person.account.userId });
    void this.#notifications.moved(before);
    this.#draw();
  }

  #expired(person: Person): void {
    if (person !== this.#people.person || !this.#people.expired()) return;
    this.#host.emit("identity", { state: "expired", user_id: null });
    this.#view.banner.tell(this.#context.words.expired);
  }

  async #askToNotify(): Promise<void> {
    const { notifyOn, notifyOff, errors } = this.#context.words;
    const outcome = await this.#host.notify();
    const said = { on: notifyOn, denied: notifyOff, unsupported: notifyOff };
    this.#view.banner.tell(said[outcome as keyof typeof said] ?? errors.default ?? "");
  }

  /** Learn who answers. */
  async #meet(): Promise<void> {
    if (this.#context.personas.size) return;
    const path = `${this.#api}/personas`;
    const { personas } = await call<PersonaList>(fetch, path, "GET").catch(() => NOBODY);
    this.#context = this.#newContext(new Map(personas.map((each) => [each.id, each])));
    this.configured();
  }

  /** Show the conversations, or the one that is open again. */
  #list(open: boolean): void {
    void this.#conversation.shelf[open ? "look" : "leave"]();
    this.#view.list(open);
    this.#draw();
  }

  /** Go to a session, or begin one, with its newest message in sight. */
  #open(name?: string): void {
    const other = this.#conversation.open(name);
    if (other) this.#view.thread.reset(this.#context);
    this.#list(false);
    if (other) this.#view.thread.toBottom();
  }

  /** Let nothing be said until it is known who says it. */
  async #change(act: () => Promise<void>): Promise<void> {
    this.#changes += 1;
    this.#draw();
    await act().finally(() => {
      this.#changes -= 1;
      this.#draw();
    });
  }

  #changed(): void {
    const { messages, session } = this.#conversation;
    this.#told.look(messages, session.id);
    this.#drawing ||= requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    cancelAnimationFrame(this.#drawing);
    this.#drawing = 0;
    const { messages, fetching, running, coming, state, why, session, shelf, person } = this.#conversation;
    const rows = shelf.rows(session);
    const { title, persona, lang } = this.#host.config();
    const launcher = this.#host.words.launcher(lang);
    this.#view.draw({
      title: title || launcher.title, close: launcher.close, persona,
      canNotify: this.#notifications.offered, spoken: messages.length > 0,
      canList: person.kind === "user" || this.#site.get("spoke") !== null,
      elsewhere: rows.reduce((sum, each) => sum + (each.shown ? 0 : each.unread), 0),
      rows, fresh: shelf.fresh, more: shelf.more, fetching,
      messages, running, coming, state, why, changing: this.#changes > 0,
    });
    this.#seen();
  }

  #seen(): void {
    const seen = this.#isOpen && !this.#view.listing && !document.hidden && this.#view.thread.atBottom;
    if (seen && this.#conversation.session.unread) this.#conversation.session.read();
  }
}
