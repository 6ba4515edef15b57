// One person's sessions: those that the server lists, and those that only this page knows.

import type { IonClient, Session } from "../../index";
import type { SessionPage } from "../../generated/resources";
import type { Row } from "../view/list";

const PAGE = 30;
const AGAIN_MS = 4_000;
const PATIENCE_MS = 15_000;
const TITLE_CHARS = 60;
const LAST_CHARS = 120;

type Listed = SessionPage["sessions"][number];
/** What is known here of a session that was opened. */
export type Opened = Pick<Session, "key" | "id" | "info" | "messages" | "unread" | "running">;
/** What is used of a client. */
export interface Lister {
  readonly opened: readonly Opened[];
  sessions: IonClient["sessions"];
}

/** Keeps the list, and fetches it while somebody looks at it. */
export class Shelf {
  /** Whether the list is what the server last had; null before the first answer. */
  fresh: boolean | null = null;
  #client: Lister;
  #changed: () => void;
  #listed: Listed[] = [];
  #next: string | null = null;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Lister, changed: () => void) {
    this.#client = client;
    this.#changed = changed;
  }

  /** Whether there are older ones. */
  get more(): boolean {
    return this.#next !== null;
  }

  /** Fetch the newest, and again as long as one is being answered or the server can't be reached. */
  async look(): Promise<void> {
    this.leave();
    const asked = this.#asked;
    const page = await this.#client.sessions({ limit: PAGE }).catch(() => null);
    // nobody looks any more, or another answer is on its way
    if (asked !== this.#asked) return;
    this.fresh = page !== null;
    if (page) this.#take(page);
    const waitMs = !page ? PATIENCE_MS : page.sessions.some(({ running }) => running) && AGAIN_MS;
    if (waitMs) this.#timer = setTimeout(() => void this.look(), waitMs);
    this.#changed();
  }

  /** Nobody looks at the list. */
  leave(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
  }

  /** Fetch older ones. */
  async older(): Promise<void> {
    const next = this.#next;
    const page = await this.#client.sessions({ limit: PAGE, before: next ?? "" }).catch(() => null);
    this.fresh = page !== null;
    // after a newer list these would not be the next ones
    if (page && next === this.#next) {
      this.#listed.push(...page.sessions.filter(({ id }) => !this.#find(id)));
      this.#next = page.next;
    }
    this.#changed();
  }

  /** Something of an open session changed: the list knows it without asking. */
  heard({ id, messages, unread, running }: Opened): void {
    const each = this.#find(id);
    const last = messages.at(-1);
    if (each && last) Object.assign(each, { unread, running, last_text: last.text || each.last_text });
  }

  /** Return all that is known, the last used first; `shown` is the session that is open. */
  rows(shown: Opened): Row[] {
    const { opened } = this.#client;
    const only = opened.filter((each) => each.messages.length && !this.#find(each.id)
      // what a new list lacks was deleted elsewhere, unless it is not there yet
      && (!this.fresh || each === shown || unsent(each)));
    return [
      ...only.map((each) => rowOf(told(each), each, shown)),
      ...this.#listed.map((each) => rowOf(each, opened.find(({ id }) => id === each.id), shown)),
    ].sort((a, b) => b.at - a.at);
  }

  #find(id: string | null): Listed | undefined {
    return this.#listed.find((each) => each.id === id);
  }

  /** Pages that were fetched stay, so that no reader loses their place. */
  #take({ sessions, next }: SessionPage): void {
    const last = next && sessions.at(-1);
    const end = last ? place(last) : "";
    // what is neither older nor in the page was deleted
    const from = this.#listed.findIndex((each) => place(each) < end);
    // if all is older, others may lie between
    const later = from > 0 ? this.#listed.slice(from).filter(({ id }) => !sessions.some((each) => each.id === id)) : [];
    this.#listed = [...sessions, ...later];
    if (!later.length) this.#next = next;
  }
}

/** Return what orders sessions as the server does: of equal times, the greater id comes first. */
function place({ updated_at: at, id }: Listed): string {
  // whole seconds come without a fraction
  return at.replace(/(:\d\d)Z/, "$1.000000Z") + id;
}

function unsent({ messages }: Opened): Row["state"] {
  const own = messages.filter(({ role }) => role === "user");
  const stuck = own.find(({ status }) => status === "failed" || status === "queued");
  return (stuck?.status ?? "") as Row["state"];
}

function rowOf(session: Listed, open: Opened | undefined, shown: Opened): Row {
  const { id, title, last_text: last = "", updated_at: at, unread = 0, running } = session;
  return {
    name: open?.key ?? id, title, last: last.slice(0, LAST_CHARS).replace(/[*`#|]+/g, ""), at: Date.parse(at), unread,
    state: (open && unsent(open)) || (running ? "answering" : ""),
    shown: open === shown,
  };
}

/** Return what the server would list of a session that it has not listed. */
function told({ key, info, messages, unread, running }: Opened): Listed {
  const { text = "", created_at: at = new Date().toISOString() } = messages.at(-1) ?? {};
  const title = info?.title || (messages[0]?.text ?? "").slice(0, TITLE_CHARS);
  return { id: key, title, created_at: at, updated_at: at, last_text: text, unread, running };
}
