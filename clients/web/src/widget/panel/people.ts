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
}

interface Exchanged extends Tokens {
  merged?: "nothing" | "running" | "moved";
}

// each time the server waits three seconds itself
const MOST_PATIENCE = 3;

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
      if (data && data === this.person.account.userId) this.expired();
    };
    const user = this.#tab.get("user");
    this.person = user ? this.#user(user) : this.#visitor();
  }

  /**
   * Let a user talk whom the page names; a visitor becomes that user on the server, too.
   *
   * Raises IonError; then everything is as before.
   */
  identify(source: TokenSource): Promise<void> {
    return this.#next(async () => {
      const { kind, account, space } = this.person;
      const token = await given(source);
      await this.#options.settled();
      const visitor = kind === "visitor" && account.userId ? await orNull(account.token()) : null;
      const tokens = await this.#signIn(token, visitor);
      const same = kind === "user" && account.userId === tokens.user_id;
      const user = this.#user(tokens.user_id, source);
      user.account.keep(tokens);
      if (same) this.person.account = user.account;
      if (same) return;
      if (kind === "visitor") this.#site.remove("visitor");
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
    const visitor = this.person.kind === "visitor";
    this.person.account.forget();
    if (visitor) this.#site.remove("visitor");
    this.#replace(this.#visitor());
    return true;
  }

  /** Leave nothing of a user but what they could not send, and tell their device nothing more. */
  async #part({ account, space }: Person): Promise<void> {
    const { api, installation } = this.#options;
    const body = { refresh_token: account.refreshToken, installation_id: installation };
    account.forget();
    space.remove("draft");
    if (body.refresh_token) await orNull(call(fetch, `${api}/auth/logout`, "POST", body));
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

function orNull<T>(promise: Promise<T>): Promise<T | null> {
  return promise.catch(() => null);
}
