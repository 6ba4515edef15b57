// The list of conversations as the panel keeps it, without a browser: what the server lists, and what it can't know.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Message } from "../src/types";
import { type Lister, type Opened, Shelf } from "../src/widget/panel/shelf";
import { when } from "../src/widget/view/when";

const MINUTE_MS = 60_000;
const noon = new Date(2026, 2, 11, 12).getTime();

/** A server's list in pages, which may be out of reach. */
class FakeServer implements Lister {
  opened: Opened[] = [];
  listed: any[] = [];
  reachable = true;
  calls = 0;
  pause: Promise<unknown> = Promise.resolve();

  async sessions({ before = "", limit = 30 } = {}) {
    this.calls += 1;
    const { listed } = this;
    await this.pause;
    if (!this.reachable) throw new Error("unreachable");
    const later = listed.filter((each) => !before || place(each) < before);
    const found = later.slice(0, limit);
    return { sessions: structuredClone(found), next: later.length > limit ? place(found.at(-1)) : null };
  }
}

function place({ updated_at: at, id }: any): string {
  const [whole, fraction = ""] = at.slice(0, -1).split(".");
  return `${whole}.${fraction.padEnd(6, "0")} ${id}`;
}

function listed(id: string, minutesAgo: number, more = {}) {
  const at = new Date(noon - minutesAgo * MINUTE_MS).toISOString();
  return { id, title: `Of ${id}`, created_at: at, updated_at: at, last_text: `Last of ${id}`, ...more };
}

function opened(key: string, id: string | null, texts: [string, Message["status"]][] = []): Opened {
  const messages = texts.map(([text, status], at): Message => ({
    key: `${key}.${at}`, id: null, role: at % 2 ? "assistant" : "user", text, status, turn_id: null,
    created_at: new Date(noon).toISOString(),
  }));
  return { key, id, info: null, messages, unread: 0, running: false };
}

let server: FakeServer;
let shelf: Shelf;
const nothing = opened("new:0", null);
const names = (shown = nothing): string[] => shelf.rows(shown).map(({ name }) => name);

beforeEach(() => {
  vi.useFakeTimers({ now: noon });
  server = new FakeServer();
  shelf = new Shelf(server, () => {});
});

afterEach(() => {
  shelf.leave();
  vi.useRealTimers();
});

test("all that is known is listed, the last used first, with what waits to be sent and what is shown", async () => {
  server.listed = [listed("s_1", 5, { unread: 2, last_text: "**Rest** first." }), listed("s_2", 10, { running: true })];
  const waiting = opened("new:1", null, [["Said in a tunnel", "queued"]]);
  const shown = opened("s_2", "s_2", [["Hm?", "failed"]]);
  server.opened = [waiting, shown, nothing];
  await shelf.look();

  expect(shelf.fresh).toBe(true);
  expect(shelf.rows(shown)).toEqual([
    { name: "new:1", title: "Said in a tunnel", last: "Said in a tunnel", at: noon, unread: 0, state: "queued", shown: false },
    { name: "s_1", title: "Of s_1", last: "Rest first.", at: noon - 5 * MINUTE_MS, unread: 2, state: "", shown: false },
    { name: "s_2", title: "Of s_2", last: "Last of s_2", at: noon - 10 * MINUTE_MS, unread: 0, state: "failed", shown: true },
  ]);
});

test("a list that can't be fetched stays, with what was said meanwhile, until it can", async () => {
  server.listed = [listed("s_1", 5)];
  await shelf.look();
  server.reachable = false;
  server.opened = [opened("new:1", "s_9", [["Just begun", "sent"], ["Answered", "done"]])];
  await shelf.look();
  expect(shelf.fresh).toBe(false);
  expect(names()).toEqual(["new:1", "s_1"]);

  // deleted on another device, and a new one there
  server.reachable = true;
  server.listed = [listed("s_2", 1)];
  await vi.advanceTimersByTimeAsync(15_000);
  expect(shelf.fresh).toBe(true);
  expect(names()).toEqual(["s_2"]);
});

test("pages that were fetched stay when the newest are fetched again, and none is listed twice", async () => {
  server.listed = Array.from({ length: 65 }, (_, at) => listed(`s_${at}`, at));
  await shelf.look();
  expect(names()).toHaveLength(30);
  await Promise.all([shelf.older(), shelf.older()]);
  expect(shelf.more).toBe(true);
  server.listed.unshift(listed("s_new", -1));
  await shelf.look();
  await shelf.older();

  expect(shelf.more).toBe(false);
  expect(names()).toEqual(server.listed.map(({ id }) => id));
});

test("whatever happens elsewhere, what is listed after it is what the server has", async () => {
  const used = (id: string): void => {
    server.listed = [listed(id, -1), ...server.listed.filter((each) => each.id !== id)];
  };
  const deleted = (...ids: string[]): void => {
    server.listed = server.listed.filter(({ id }) => !ids.includes(id));
  };
  const news = (count: number) => Array.from({ length: count }, (_, at) => listed(`s_new${at}`, at - count));
  const happenings: Record<string, () => void> = {
    "a new one pushes the page's last out": () => used("s_new"),
    "one of the first page moves up": () => used("s_89"),
    "one of a later page moves up": () => used("s_45"),
    "one of a page that was not fetched moves up": () => used("s_30"),
    "some of the first page are deleted": () => deleted("s_99", "s_71", "s_70"),
    "one is deleted and two come": () => (deleted("s_90"), used("s_new"), used("s_newer")),
    "as many come as a page holds": () => server.listed.unshift(...news(30)),
    "more come than a page holds": () => server.listed.unshift(...news(45)),
    "few are left": () => (server.listed = server.listed.slice(0, 3)),
    "none is left": () => (server.listed = []),
  };
  // how many are of one minute
  for (const [fetched, same] of [1, 2, 3].flatMap((pages) => [1, 20, 75].map((count) => [pages, count]))) {
    for (const [name, happen] of Object.entries(happenings)) {
      server.listed = Array.from({ length: 75 }, (_, at) => listed(`s_${99 - at}`, Math.floor(at / same!)));
      shelf = new Shelf(server, () => {});
      await shelf.look();
      for (let page = 1; page < fetched!; page += 1) await shelf.older();
      happen();
      await shelf.look();
      while (shelf.more) await shelf.older();
      expect(names(), `${name}, ${fetched} fetched, ${same} of a minute`).toEqual(server.listed.map(({ id }) => id));
    }
  }
});

test("of those of one time that a page ends in, what was deleted goes and what follows stays", async () => {
  // the greater id comes first: s_75 to s_70 are of one time
  server.listed = Array.from({ length: 65 }, (_, at) => listed(`s_${99 - at}`, at > 23 && at < 30 ? 24 : at));
  await shelf.look();
  await shelf.older();
  server.listed = [listed("s_new1", -2), listed("s_new0", -1), ...server.listed.filter(({ id }) => id !== "s_73")];
  await shelf.look();
  await shelf.older();
  expect(names()).toEqual(server.listed.map(({ id }) => id));
});

test("older ones that come after a newer list has taken their place are not put into it", async () => {
  server.listed = Array.from({ length: 65 }, (_, at) => listed(`s_${99 - at}`, at));
  await shelf.look();
  let answer = (): void => {};
  server.pause = new Promise<void>((done) => (answer = done));
  const late = shelf.older();
  server.pause = Promise.resolve();
  server.listed = [...Array.from({ length: 40 }, (_, at) => listed(`s_new${99 - at}`, at - 40)), ...server.listed];
  await shelf.look();
  answer();
  await late;
  while (shelf.more) await shelf.older();
  expect(names()).toEqual(server.listed.map(({ id }) => id));
});

test("a whole second comes before its fractions, as the server has it", async () => {
  const at = (id: string, updated_at: string) => ({ ...listed(id, 0), created_at: updated_at, updated_at });
  const early = Array.from({ length: 29 }, (_, n) => listed(`s_${99 - n}`, n - 40));
  server.listed = [...early, at("s_b", "2026-03-11T12:00:00.000001Z"), at("s_a", "2026-03-11T12:00:00Z"), listed("s_0", 9999)];
  await shelf.look();
  await shelf.older();
  await shelf.look();
  expect(names()).toEqual(server.listed.map(({ id }) => id));
});

test("it is asked again only while somebody looks and an answer is on its way, and late answers change nothing", async () => {
  server.listed = [listed("s_1", 5, { running: true })];
  await shelf.look();
  server.listed = [listed("s_1", 0, { unread: 1 })];
  await vi.advanceTimersByTimeAsync(4_000);
  expect(shelf.rows(nothing)[0]).toMatchObject({ unread: 1, state: "" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.calls).toBe(2);

  let answer = (): void => {};
  server.pause = new Promise<void>((done) => (answer = done));
  server.listed = [];
  const late = shelf.look();
  shelf.leave();
  answer();
  await late;
  expect(names()).toEqual(["s_1"]);
});

test("what happens in an open conversation is known without asking", async () => {
  server.listed = [listed("s_1", 5, { unread: 3 })];
  await shelf.look();
  const open = opened("s_1", "s_1", [["Why?", "sent"], ["Because.", "done"]]);
  server.opened = [open];
  shelf.heard({ ...open, running: true });
  expect(shelf.rows(open)[0]).toMatchObject({ unread: 0, state: "answering", shown: true });
  shelf.heard({ ...open, unread: 1 });
  expect(shelf.rows(nothing)[0]).toMatchObject({ unread: 1, last: "Because.", state: "" });
});

test("when something was is said in a time, a day or a date, in the language of the words", () => {
  const daysAgo = (days: number): number => new Date(2026, 2, 11 - days, 9, 5).getTime();
  expect(when(daysAgo(0), noon, "en")).toMatch(/^9:05\sAM$/);
  expect(when(daysAgo(0), noon, "ko")).toMatch(/^(오전|AM) 9:05$/);
  expect([1, 3, 20, 200].map((days) => when(daysAgo(days), noon, "en"))).toEqual(
    ["yesterday", "Sunday", "Feb 19", "Aug 23, 2025"]);
  expect([1, 3, 20].map((days) => when(daysAgo(days), noon, "ko"))).toEqual(["어제", "일요일", "2월 19일"]);
  // clocks differ, and pages name languages as they like
  expect(when(noon + MINUTE_MS, noon, "no_such language")).not.toBe("");
});
