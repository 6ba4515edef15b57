// Who talks: a visitor, or a user that the page names. Each has a space of their own.

import { newId } from "../../ids";
import { IonError, call } from "../../rest";
import type { TokenSource } from "../launcher/host";
import { Account, type Tokens } from "./account";
import { Space, storageOf } from "./space";

/** Somebody who talks, with what this browser keeps of them. */
export interface Person {
  kind: "visitor" | "user";
  account: Account;
  space: Space;
}

/** Where people talk, and what is told of who does. */
export interface PeopleOptions {
  /** Address of the REST API. */
  api: string;
  site: string;
  installation: string;
  /** Resolves when nothing of the person waits to be sent, or after a while. */
  settled: () => Promise<void>;
  /** Somebody else talks from now on; `session` is one that came along with them. */
  changed: (person: Person, session: string | null) => void;
  /** Have the browser itself end notifications of a person who left; resolves to whether it did. */
  silence: (person: Person) => Promise<boolean>;
  /** Another tab ended them: whoever wants them here needs another address. */
  renew: () => void;
}

interface Exchanged extends Tokens {
  merged?: "nothing" | "running" | "moved";
}

// each time the server waits three seconds itself
const MOST_PATIENCE = 3;
const RENEW = "renew";
// what the SDK keeps of messages that wait or failed, and of the sessions that they began
const UNSENT = /^ion:(q|name):/;

/** Tells who talks, and lets one person go before another comes. */
export class People {
  person: Person;
  #options: PeopleOptions;
  #site: Space;
  #tab: Space;
  #tabs: BroadcastChannel;
  #line: Promise<unknown> = Promise.resolve();
  #moving = false;

  constructor(options: PeopleOptions) {
    this.#options = options;
    const prefix = `ion.${options.site}.`;
    this.#site = new Space(storageOf("localStorage"), prefix);
    this.#tab = new Space(storageOf("sessionStorage"), prefix);
    this.#tabs = new BroadcastChannel(prefix);
    this.#tabs.onmessage = ({ data }) => {
      if (data === RENEW) options.renew();
      else if (data && data === this.person.account.userId && !this.#moving) this.#leave();
    };
    const user = this.#tab.get("user");
    this.person = user ? this.#user(user) : this.#visitor();
  }

  /**
   * Let a user talk whom the page names; a visitor becomes that user, with all that is unsent.
   *
   * Raises IonError; then everything is as before.
   */
  identify(source: TokenSource): Promise<void> {
    return this.#next(async () => {
      const { kind, space } = this.person;
      const token = await given(source);
      await this.#options.settled();
      const visitor = await visiting(this.person);
      const tokens = await this.#signIn(token, visitor);
      const same = kind === "user" && this.person.account.userId === tokens.user_id;
      const user = this.#user(tokens.user_id, source);
      user.account.keep(tokens);
      if (same) this.person.account = user.account;
      if (same) return;
      if (kind === "visitor") this.#site.remove("visitor");
      if (visitor) for (const key of unsent(space)) user.space.set(key, space.get(key) ?? "");
      const goodbye = kind === "user" ? this.#part(this.person) : null;
      this.#replace(user, visitor ? space.get("session") : null);
      await goodbye;
    });
  }

  /** Let the user go, here and in all tabs; a new visitor comes. */
  logout(): Promise<void> {
    return this.#next(async () => {
      if (this.person.kind !== "user") return;
      await this.#options.settled();
      const goodbye = this.#part(this.person);
      this.#replace(this.#visitor());
      await goodbye;
    });
  }

  /** The account of who talks has ended: a new visitor comes, unless somebody is coming already. */
  expired(): boolean {
    if (this.#moving) return false;
    void this.#silence(this.person);
    this.#leave();
    return true;
  }

  #leave(): void {
    this.person.account.forget();
    if (this.person.kind === "visitor") this.#site.remove("visitor");
    this.#replace(this.#visitor());
  }

  /** Leave nothing of a user but what they could not send, and tell their device nothing more. */
  async #part(person: Person): Promise<void> {
    const { api, installation } = this.#options;
    const { account, space } = person;
    const body = { refresh_token: account.refreshToken, installation_id: installation };
    account.forget();
    space.remove("draft");
    const told = body.refresh_token !== null
      && (await call(fetch, `${api}/auth/logout`, "POST", body).then(() => true, () => false));
    if (!told) await this.#silence(person);
  }

  async #silence(person: Person): Promise<void> {
    if (await this.#options.silence(person)) this.#tabs.postMessage(RENEW);
  }

  #next(act: () => Promise<void>): Promise<void> {
    const done = this.#line.then(async () => {
      this.#moving = true;
      await act().finally(() => (this.#moving = false));
    });
    this.#line = done.catch(() => {});
    return done;
  }

  #replace(person: Person, session: string | null = null): void {
    const before = this.person;
    if (person.kind === "user") this.#tab.set("user", person.account.userId ?? "");
    else this.#tab.remove("user");
    this.person = person;
    this.#options.changed(person, session);
    if (before.kind === "visitor") before.space.clear();
    this.#tabs.postMessage(before.account.userId);
  }

  #visitor(): Person {
    const { api, site } = this.#options;
    const id = this.#site.get("visitor") ?? newId("");
    this.#site.set("visitor", id);
    const lock = `ion.${site}.v.${id}.`;
    const space = new Space(storageOf("localStorage"), lock);
    const body = { site_key: site };
    const first = (): Promise<Tokens> => call(fetch, `${api}/auth/visitor`, "POST", body);
    return { kind: "visitor", space, account: new Account({ api, space, lock, first }) };
  }

  /** A user's tokens stay in the tab that the page named them in. */
  #user(id: string, source: TokenSource = ""): Person {
    const { api, site } = this.#options;
    const lock = `ion.${site}.u.${id}.`;
    const again = async (): Promise<Tokens> => {
      const token = typeof source === "function" ? await source() : "";
      if (!token) throw new IonError("unauthenticated", 401, false);
      return this.#exchange(token, null);
    };
    const space = new Space(storageOf("sessionStorage"), lock);
    const account = new Account({ api, space, lock, first: again, again });
    return { kind: "user", space: new Space(storageOf("localStorage"), lock), account };
  }

  /** What the visitor left may take a while to become the user's; asking again changes nothing. */
  async #signIn(token: string, visitor: string | null): Promise<Tokens> {
    for (let left = MOST_PATIENCE; ; left -= 1) {
      const answer = await this.#exchange(token, visitor);
      if (answer.merged !== "running" || !left) return answer;
    }
  }

  #exchange(token: string, visitor: string | null): Promise<Exchanged> {
    const { api, site } = this.#options;
    const body = { site_key: site, token };
    return call(fetch, `${api}/auth/exchange`, "POST", body, visitor ?? undefined);
  }
}

async function given(source: TokenSource): Promise<string> {
  return typeof source === "function" ? source() : source;
}

/** Return a visitor's token, null when nothing of theirs can go along; raises IonError. */
async function visiting({ kind, account, space }: Person): Promise<string | null> {
  if (kind === "user" || !(account.userId || unsent(space).length)) return null;
  try {
    return await account.token();
  } catch (error) {
    const { status } = error as { status?: number };
    // the account has ended, or was never one of this page
    if (status === 401 || status === 403) return null;
    throw error;
  }
}

function unsent(space: Space): string[] {
  return space.keys().filter((key) => UNSENT.test(key));
}
