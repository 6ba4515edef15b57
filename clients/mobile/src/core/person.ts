// All that one person has at a server: the client, and what they see. Who comes next has their own.

import { IonClient } from "@ion-mentoring/client";
import type { Session, State } from "@ion-mentoring/client";

import type { Account } from "./account";
import { Agreements } from "./agreements";
import type { GiveToken } from "./api";
import { Api, ApiError } from "./api";
import { Chat } from "./chat";
import { Conversations } from "./conversations";
import { lend } from "./lent";
import { Memories } from "./memories";
import { removeAll } from "./pairs";
import type { Phone, Shelf } from "./phone";
import { localeOf, Push } from "./push";
import { Signal } from "./signal";

const SOON_MS = 400;

export interface Parts {
  phone: Phone;
  server: string;
  installationId: string;
  language: () => string;
  account: Account;
  shelf: Shelf;
  /** The connection is open. */
  opened: () => void;
}

export class Person extends Signal {
  readonly api: Api;
  readonly conversations: Conversations;
  readonly memories: Memories;
  readonly agreements: Agreements;
  readonly push: Push;
  state: State = "idle";
  #parts: Parts;
  #shelf: Shelf;
  #takeBack: () => void;
  #client: IonClient;
  #sessions = new Map<string, Session>();
  #ends: (() => void)[] = [];
  #soon: ReturnType<typeof setTimeout> | null = null;
  #gone = false;

  constructor(parts: Parts) {
    super();
    const { phone, server } = parts;
    const { shelf, end } = lend(parts.shelf);
    this.#parts = parts;
    this.#shelf = shelf;
    this.#takeBack = end;
    this.api = new Api(server, { fetch: phone.fetch, token: this.#token });
    const models = { api: this.api, ...shelf };
    this.conversations = new Conversations(models);
    this.memories = new Memories(models);
    this.agreements = new Agreements(models);
    this.push = new Push({ ...parts, api: this.api, notifications: phone.notifications });
    this.#client = this.#newClient();
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
  }

  /** The app came to the screen, or the network is back. */
  wake(): void {
    this.#client.wake();
    if (this.state === "open") this.refreshSoon();
  }

  stop(): void {
    for (const end of this.#ends.splice(0)) end();
    this.push.stop();
    if (this.#soon) clearTimeout(this.#soon);
    this.#client.close();
  }

  /** Forget all that is kept of this person; whatever still comes for them is kept nowhere. */
  end(): void {
    this.#gone = true;
    for (const model of [this.conversations, this.memories, this.agreements]) model.clear();
    removeAll(this.#shelf.pairs);
    this.#takeBack();
    this.stop();
  }

  /** Return a conversation: one of the list, one that the server has not named yet, or a new one. */
  chat(key: string | null): Chat {
    const known = key === null ? undefined : this.#sessions.get(key);
    const session = known ?? (key === null ? this.#client.session() : this.#client.session(key));
    // screens ask while they are drawn, and are not to be told of it at once
    queueMicrotask(() => this.#know(session));
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

  /** Delete a session here and on the server. */
  async remove(id: string): Promise<void> {
    this.#sessions.get(id)?.close();
    this.#sessions.delete(id);
    this.conversations.unheard(id);
    await this.conversations.remove(id);
  }

  /** Give a token of this person's alone: nothing of theirs is asked in the name of who is here now. */
  readonly #token: GiveToken = async (why) => {
    this.#check();
    const token = await this.#parts.account.token(why);
    this.#check();
    return token;
  };

  #check(): void {
    if (this.#gone) throw new ApiError(0, "gone");
  }

  #newClient(): IonClient {
    const { phone, server, installationId, language } = this.#parts;
    const client = new IonClient({
      url: server, token: this.#token, storage: this.#shelf.pairs, socket: phone.socket,
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
      this.#parts.opened();
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
    if (session.id && this.state === "open") this.conversations.heard(session.id, session.unread);
    if (news || session.id === null) this.changed();
  }
}
