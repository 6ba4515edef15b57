// All that belongs to one server: who the person is there, what is theirs, and the mentors.

import type { Session, State } from "@ion-mentoring/client";

import { Account } from "./account";
import type { Agreements } from "./agreements";
import type { Api } from "./api";
import type { Chat } from "./chat";
import type { Conversations } from "./conversations";
import type { Memories } from "./memories";
import { readJson } from "./pairs";
import { Person } from "./person";
import type { Phone, Shelf } from "./phone";
import type { Push } from "./push";
import type { PersonaInfo, Receipt } from "./resources";
import { Signal } from "./signal";

const PERSONAS = "personas.";

interface Parts {
  phone: Phone;
  server: string;
  installationId: string;
  language: () => string;
}

export class House extends Signal {
  readonly server: string;
  readonly account: Account;
  personas = new Map<string, PersonaInfo>();
  #parts: Parts;
  #shelf: Shelf;
  #person: Person;
  #persons = 0;
  #running = false;

  constructor(parts: Parts) {
    super();
    const { phone, server } = parts;
    this.#parts = parts;
    this.server = server;
    this.#shelf = phone.shelf(server);
    this.account = new Account(server, { secrets: phone.secrets, fetch: phone.fetch, now: phone.now });
    this.account.onNewUser = () => this.#becomeSomebodyElse();
    this.#person = this.#newPerson();
    this.#knowPersonas(readJson<PersonaInfo[]>(this.#shelf.pairs, PERSONAS + parts.language()) ?? []);
  }

  /** Which person is here: another name whenever it is somebody else. */
  get person(): string {
    return `${this.#persons}`;
  }

  get api(): Api {
    return this.#person.api;
  }

  get conversations(): Conversations {
    return this.#person.conversations;
  }

  get memories(): Memories {
    return this.#person.memories;
  }

  get agreements(): Agreements {
    return this.#person.agreements;
  }

  get push(): Push {
    return this.#person.push;
  }

  get state(): State {
    return this.#person.state;
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
    return this.#person.drafts;
  }

  /** Whether something said in a session waits to be sent. */
  waits(id: string): boolean {
    return this.#person.waits(id);
  }

  /** Connect, and begin to listen to the phone. */
  start(): void {
    this.#running = true;
    this.#person.start();
    // a keychain that can't be read now is read when a token is needed
    this.account.load().then(() => this.changed(), () => {});
  }

  /** The app came to the screen, or the network is back. */
  wake(): void {
    this.#person.wake();
  }

  stop(): void {
    this.#running = false;
    this.#person.stop();
  }

  /** Return a conversation: one of the list, one that the server has not named yet, or a new one. */
  chat(key: string | null): Chat {
    return this.#person.chat(key);
  }

  /** Bring everything up to date; false when the server could not be asked. */
  refresh(): Promise<boolean> {
    return this.#person.refresh();
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
  remove(id: string): Promise<void> {
    return this.#person.remove(id);
  }

  /** Erase the account and all that is kept of it, there and here; raises ApiError. */
  async erase(): Promise<Receipt> {
    const person = this.#person;
    const receipt = await person.api.erase();
    await this.#leave(person);
    return receipt;
  }

  /** Forget the account on this phone; raises ApiError when the server could not be told. */
  async logout(): Promise<void> {
    const person = this.#person;
    await this.account.leave(this.#parts.installationId);
    await this.#leave(person);
  }

  async #leave(person: Person): Promise<void> {
    if (person !== this.#person) return;
    const forgotten = this.account.forget();
    this.#becomeSomebodyElse();
    await forgotten.catch(() => {}); // tokens that stay in the keychain are dead
  }

  /** Nothing of who was here before is shown to who is here now. */
  #becomeSomebodyElse(): void {
    this.#person.end();
    this.#persons += 1;
    this.#person = this.#newPerson();
    if (this.#running) this.#person.start();
    this.changed();
  }

  #newPerson(): Person {
    const { account } = this;
    const person = new Person({
      ...this.#parts, account, shelf: this.#shelf, opened: () => void this.refreshPersonas(),
    });
    person.subscribe(() => this.changed());
    return person;
  }

  #knowPersonas(personas: PersonaInfo[]): void {
    this.personas = new Map(personas.map((each) => [each.id, each]));
    this.changed();
  }
}
