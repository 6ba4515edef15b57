// All that belongs to one server: who the person is there, the client, and what they see.

import { IonClient } from "@ion-mentoring/client";
import type { Session, State } from "@ion-mentoring/client";

import { Account } from "./account";
import { Agreements } from "./agreements";
import { Api } from "./api";
import { Chat } from "./chat";
import { Conversations } from "./conversations";
import { Memories } from "./memories";
import { readJson, removeAll } from "./pairs";
import type { Phone, Shelf } from "./phone";
import { localeOf, Push } from "./push";
import type { PersonaInfo, Receipt } from "./resources";
import { Signal } from "./signal";

const SOON_MS = 400;
const PERSONAS = "personas.";

interface Parts {
  phone: Phone;
  server: string;
  installationId: string;
  language: () => string;
}

export class House extends Signal {
  readonly server: string;
  readonly api: Api;
  readonly conversations: Conversations;
  readonly memories: Memories;
  readonly agreements: Agreements;
  readonly push: Push;
  state: State = "idle";
  personas = new Map<string, PersonaInfo>();
  readonly account: Account;
  #parts: Parts;
  #shelf: Shelf;
  #client: IonClient;
  #sessions = new Map<string, Session>();
  #ends: (() => void)[] = [];
  #soon: ReturnType<typeof setTimeout> | null = null;

  constructor(parts: Parts) {
    super();
    const { phone, server } = parts;
    this.#parts = parts;
    this.server = server;
    this.#shelf = phone.shelf(server);
    this.account = new Account(server, { secrets: phone.secrets, fetch: phone.fetch, now: phone.now });
    this.api = new Api(server, { fetch: phone.fetch, token: this.account.token });
    const models = { api: this.api, ...this.#shelf };
    this.conversations = new Conversations(models);
    this.memories = new Memories(models);
    this.agreements = new Agreements(models);
    this.push = new Push({ ...parts, api: this.api, notifications: phone.notifications });
    this.#client = this.#newClient();
    this.account.onNewUser = () => this.#becomeSomebodyElse();
    this.#knowPersonas(readJson<PersonaInfo[]>(this.#shelf.pairs, PERSONAS + parts.language()) ?? []);
  }

  /** Whether the connection is open. */
  get open(): boolean {
    return this.state === "open";
  }

  get timezone(): string {
    return this.#parts.phone.timezone;
  }

  /** Sessions that the client holds and the server has not named yet. */
  get drafts(): Session[] {
    return [...this.#sessions.values()].filter(({ id, messages }) => id === null && messages.length > 0);
  }

  /** Whether something said in a session waits to be sent. */
  waits(id: string): boolean {
    return this.#sessions.get(id)?.messages.some(({ status }) => status === "queued") ?? false;
  }

  /** Connect, and begin to listen to the phone. */
  start(): void {
    const { phone } = this.#parts;
    this.#ends.push(
      phone.onWake(() => this.wake()),
      this.conversations.subscribe(() => phone.notifications.badge(this.conversations.unread)),
    );
    this.#client.connect();
    void this.push.start(() => this.refreshSoon());
    void this.account.load().then(() => this.changed());
  }

  /** The app came to the screen, or the network is back. */
  wake(): void {
    this.#client.wake();
    if (this.open) this.refreshSoon();
  }

  stop(): void {
    for (const end of this.#ends.splice(0)) end();
    this.push.stop();
    if (this.#soon) clearTimeout(this.#soon);
    this.#client.close();
  }

  /** Return a conversation: one of the list, one that the server has not named yet, or a new one. */
  chat(key: string | null): Chat {
    const known = key === null ? undefined : this.#sessions.get(key);
    const session = known ?? (key === null ? this.#client.session() : this.#client.session(key));
    this.#know(session);
    const { api, conversations } = this;
    return new Chat(session, {
      api, conversations, ...this.#shelf, now: this.#parts.phone.now,
      moved: () => this.refreshSoon(),
    });
  }

  /** Bring everything up to date in a moment, once for many reasons. */
  refreshSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      void this.refresh();
    }, SOON_MS);
  }

  /** Bring everything up to date; false when the server could not be asked. */
  async refresh(): Promise<boolean> {
    const synced = await this.conversations.sync();
    this.memories.renewed();
    return synced;
  }

  /** Ask for the mentors in the language in force. */
  async refreshPersonas(): Promise<void> {
    const language = this.#parts.language();
    try {
      const personas = await this.api.personas(language);
      this.#shelf.pairs.set(PERSONAS + language, JSON.stringify(personas));
      this.#knowPersonas(personas);
    } catch {
      // those that were known stay
    }
  }

  /** Delete a session here and on the server. */
  async remove(id: string): Promise<void> {
    this.#sessions.get(id)?.close();
    this.#sessions.delete(id);
    this.conversations.unheard(id);
    await this.conversations.remove(id);
  }

  /** Erase the account and all that is kept of it, there and here; raises ApiError. */
  async erase(): Promise<Receipt> {
    const receipt = await this.api.erase();
    await this.#leave();
    return receipt;
  }

  /** Forget the account on this phone; raises ApiError when the server could not be told. */
  async logout(): Promise<void> {
    await this.account.leave(this.#parts.installationId);
    await this.#leave();
  }

  async #leave(): Promise<void> {
    await this.account.forget();
    this.#becomeSomebodyElse();
  }

  #newClient(): IonClient {
    const { phone, server, installationId, language } = this.#parts;
    const client = new IonClient({
      url: server, token: this.account.token, storage: this.#shelf.pairs, socket: phone.socket,
      fetch: phone.fetch as typeof fetch,
      device: {
        installation_id: installationId, platform: phone.platform, app_version: phone.version,
        locale: localeOf(phone.locale, language()), timezone: phone.timezone,
      },
    });
    client.on("state", ({ state }) => this.#stateChanged(state));
    client.on("change", ({ session }) => this.#know(session));
    return client;
  }

  #stateChanged(state: State): void {
    this.state = state;
    if (state === "open") {
      this.refreshSoon();
      void this.refreshPersonas();
      void this.memories.refresh();
      void this.agreements.refresh();
    } else {
      this.conversations.unheard();
    }
    this.changed();
  }

  #know(session: Session): void {
    const news = this.#sessions.get(session.key) !== session || (session.id !== null && !this.#sessions.has(session.id));
    this.#sessions.set(session.key, session);
    if (session.id) this.#sessions.set(session.id, session);
    if (session.id && this.open) this.conversations.heard(session.id, session.unread);
    if (news || session.id === null) this.changed();
  }

  #knowPersonas(personas: PersonaInfo[]): void {
    this.personas = new Map(personas.map((each) => [each.id, each]));
    this.changed();
  }

  /** Nothing of who was here before is shown to who is here now. */
  #becomeSomebodyElse(): void {
    this.#client.close();
    removeAll(this.#shelf.pairs);
    for (const model of [this.conversations, this.memories, this.agreements]) model.clear();
    this.#sessions.clear();
    this.#client = this.#newClient();
    this.#client.connect();
    void this.push.refresh();
    this.changed();
  }
}
