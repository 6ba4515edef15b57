// One person's client, and the session of theirs that is shown.

import { IonClient, type Session } from "../../index";
import type { Message, State } from "../../types";
import type { Person } from "./people";
import { Shelf } from "./shelf";

const KEY = "session";
const SETTLE_MS = 5_000;

/** What a conversation needs, and whom it tells. */
export interface ConversationOptions {
  url: string;
  person: Person;
  installation: string;
  locale: string;
  changed: () => void;
  unread: (count: number) => void;
  /** The account has ended. */
  expired: () => void;
}

/** The conversation of one person; it ends with `close`, and another person gets another. */
export class Conversation {
  state: State = "idle";
  why = "";
  session: Session;
  /** Who is going to answer, before the first word. */
  coming = "";
  readonly client: IonClient;
  readonly shelf: Shelf;
  #options: ConversationOptions;
  #off!: () => void;
  #older: Promise<boolean> | null = null;
  #warned = false;

  constructor(options: ConversationOptions) {
    this.#options = options;
    const { url, person, installation, locale } = options;
    this.client = new IonClient({
      url,
      storage: person.space,
      token: (asked) => this.#token(asked),
      device: {
        installation_id: installation, platform: "web", locale,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      },
    });
    this.client.on("state", ({ state, why }) => {
      Object.assign(this, { state, why });
      options.changed();
    });
    this.client.on("unread", options.unread);
    this.shelf = new Shelf(this.client, options.changed);
    this.client.on("change", ({ session }) => {
      this.shelf.heard(session);
      if (session !== this.session) options.changed();
    });
    this.session = this.#enter(person.space.get(KEY) ?? undefined);
  }

  get person(): Person {
    return this.#options.person;
  }

  /** Whether there is something to go on with. */
  get begun(): boolean {
    return this.person.space.get(KEY) !== null;
  }

  get messages(): readonly Message[] {
    return this.session.messages;
  }

  get running(): boolean {
    return this.messages.some(({ status }) => status === "streaming");
  }

  /** Whether there is something to show that is not here yet. */
  get fetching(): boolean {
    return this.session.id !== null && !this.session.info && !this.messages.length;
  }

  /** Go to a session by its id or key, or begin a new one; false when it is open already. */
  open(name?: string): boolean {
    if (name && (name === this.session.id || name === this.session.key)) return false;
    this.#off();
    // an answer that is on its way is told of when it is there
    if (!this.session.running) this.session.close();
    this.session = this.#enter(name);
    if (name) this.person.space.set(KEY, this.session.id ?? name);
    else this.person.space.remove(KEY);
    this.#options.changed();
    return true;
  }

  /** Fetch what was said before all that is shown, if there is more. */
  async older(): Promise<void> {
    if (this.#older) return;
    this.#older = this.session.older().catch(() => true);
    // what is whole is not asked for again
    if (await this.#older) this.#older = null;
  }

  /** Go on where a user was last, on whatever device, unless something goes on here. */
  async resume(): Promise<void> {
    if (this.begun || this.person.kind === "visitor") return;
    const [last] = (await this.client.sessions({ limit: 1 })).sessions;
    if (last && !last.private && !this.begun && !this.messages.length) this.open(last.id);
  }

  /** Connect, or try again now. */
  connect(): void {
    this.client.connect();
    this.client.wake();
  }

  /** Resolve when nothing waits to be sent, or when it takes too long. */
  async settled(): Promise<void> {
    const until = Date.now() + SETTLE_MS;
    const waits = (): boolean => this.messages.some(({ status }) => status === "queued");
    while (waits() && this.state === "open" && Date.now() < until) {
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** Leave for good. */
  close(): void {
    this.#off();
    this.shelf.leave();
    this.client.close();
  }

  async #token(asked: { stale: boolean }): Promise<string> {
    try {
      return await this.person.account.token(asked);
    } catch (error) {
      const { status } = error as { status?: number };
      if (status === 401) this.#options.expired();
      // browsers hide the answer to a page that the server does not know
      if (status === 403 || (status === 0 && navigator.onLine)) this.#warn();
      if (status === 403) this.#refused();
      throw error;
    }
  }

  /** Tell who built the page, once, what to do. */
  #warn(): void {
    if (this.#warned) return;
    this.#warned = true;
    const { origin } = location;
    console.warn(`ION chat: ${this.#options.url} can't be reached, or does not let pages of ${origin} in. `
      + `If it is up, check data-site, or run: ion site add NAME ${origin}`);
  }

  /** Neither patience nor another token helps: the site's key does not hold for this page. */
  #refused(): void {
    this.client.close();
    Object.assign(this, { state: "denied", why: "forbidden" });
    this.#options.changed();
  }

  #enter(name?: string): Session {
    const session = this.client.session(name);
    this.#older = null;
    this.coming = "";
    const offs = [
      session.on("turn_started", () => (this.coming = "")),
      session.on("routed", ({ persona }) => (this.coming = persona)),
      session.on("change", () => {
        const kept = session.id ?? (session.messages.length ? session.key : null);
        if (kept) this.person.space.set(KEY, kept);
        this.#options.changed();
      }),
      session.on("error", ({ code, ref }) => ref === session.id && this.#lost(code)),
    ];
    this.#off = () => offs.forEach((off) => off());
    return session;
  }

  /** A session that is gone, or was never this person's, is not gone on with. */
  #lost(code: string): void {
    if (code !== "not_found" && code !== "gone") return;
    if (!this.messages.some(({ status }) => status === "failed")) this.open();
  }
}
