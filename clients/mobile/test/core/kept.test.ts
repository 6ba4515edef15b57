// What both places to keep things promise: SQLite on phones, a browser's storage on the web.

import type { History } from "../../src/core/history";
import type { Pairs } from "../../src/core/pairs";
import { SqlPairs, WebPairs } from "../../src/core/pairs";
import { PairsHistory } from "../../src/core/pairs_history";
import type { ArchivedMessage, SessionInfo, SyncPage } from "../../src/core/resources";
import { SqlHistory } from "../../src/core/sql_history";
import { FakeStorage } from "../browser";
import { memory } from "../known";
import { newDisk } from "../sqlite";

interface Place {
  pairs: Pairs;
  history: History;
  again(): Place;
}

function onDisk(disk: Awaited<ReturnType<typeof newDisk>>): Place {
  return {
    pairs: new SqlPairs(disk.sql), history: new SqlHistory(disk.sql), again: () => onDisk(disk.again()),
  };
}

function inBrowser(storage: Storage): Place {
  const pairs = new WebPairs(storage);
  return { pairs, history: new PairsHistory(pairs), again: () => inBrowser(storage) };
}

const PLACES: [string, () => Promise<Place>][] = [
  ["SQLite", async () => onDisk(await newDisk())],
  ["a browser's storage", async () => inBrowser(new FakeStorage())],
];

function session(id: string, updated_at: string): SessionInfo {
  return { id, title: id.toUpperCase(), created_at: "2026-11-01T00:00:00Z", updated_at };
}

function said(id: string, turn_id: string): ArchivedMessage {
  return { id, role: "user", text: `text of ${id}`, created_at: "2026-11-01T00:00:00Z", turn_id };
}

function answer(id: string, turn_id: string, persona = "lua"): ArchivedMessage {
  return { ...said(id, turn_id), role: "assistant", answered: { turn_id, persona } };
}

function page(sessions: SyncPage["sessions"], more: Partial<SyncPage> = {}): SyncPage {
  return { sessions, deleted: [], next: "2", more: false, reset: false, ...more };
}

const ids = (messages: { id: string }[]) => messages.map(({ id }) => id);

describe.each(PLACES)("in %s", (_, open) => {
  test("a pair is there after a restart, and keys are found by how they begin", async () => {
    const { pairs, again } = await open();
    pairs.set("ion:queue.2", "two");
    pairs.set("ion:queue.1", "one 🙂");
    pairs.set("ion_queue", "no wildcard");
    pairs.set("ion:queue.2", "two again");
    pairs.set("gone", "x");
    pairs.remove("gone");
    const later = again().pairs;
    expect(later.keys("ion:")).toEqual(["ion:queue.1", "ion:queue.2"]);
    expect(later.keys()).toHaveLength(3);
    expect(later.get("ion:queue.1")).toBe("one 🙂");
    expect(later.get("ion:queue.2")).toBe("two again");
    expect(later.get("gone")).toBeNull();
  });

  test("a page of what changed is taken in over what was known, and survives a restart", async () => {
    const { history, again } = await open();
    history.take(page([{ session: session("s_1", "1"), messages: [said("m1", "t1"), answer("m2", "t1")] }]), { anew: true });
    const changed = { ...answer("m2", "t1"), text: "rated", answered: { turn_id: "t1", persona: "elro" } };
    history.take(page([
      { session: session("s_1", "3"), messages: [changed, said("m3", "t2")] },
      { session: session("s_2", "2"), messages: [said("m9", "t9")] },
    ]), { anew: false });
    const later = again().history;
    expect(ids(later.sessions())).toEqual(["s_1", "s_2"]);
    expect(ids(later.messages("s_1"))).toEqual(["m1", "m2", "m3"]);
    expect(later.messages("s_1")[1]?.text).toBe("rated");
    expect(later.voice("s_1")).toBe("elro");
    expect(later.voice("s_2")).toBeNull();
  });

  test("an answer stands behind what it answers, whatever was said meanwhile", async () => {
    const { history } = await open();
    const messages = [said("m1", "t1"), said("m2", "t2"), answer("m3", "t1"), answer("m4", "t2")];
    history.take(page([{ session: session("s_1", "1"), messages }]), { anew: true });
    expect(ids(history.messages("s_1"))).toEqual(["m1", "m3", "m2", "m4"]);
  });

  test("a session that forked is replaced, a deleted one is gone with its messages", async () => {
    const { history } = await open();
    const both = [{ session: session("s_1", "1"), messages: [said("m1", "t1")] }, { session: session("s_2", "2"), messages: [said("m2", "t2")] }];
    history.take(page(both), { anew: true });
    history.take(page([{ session: session("s_1", "3"), messages: [said("m5", "t5")], replaces: true }], { deleted: ["s_2"] }), { anew: false });
    expect(ids(history.messages("s_1"))).toEqual(["m5"]);
    expect(ids(history.sessions())).toEqual(["s_1"]);
    expect(history.messages("s_2")).toEqual([]);
  });

  test("when the server begins anew, what is not in its pages is gone", async () => {
    const { history } = await open();
    history.take(page([{ session: session("s_1", "1"), messages: [said("m1", "t1")] }], { memory: [memory("f_1")] }), { anew: true });
    history.take(page([{ session: session("s_2", "1"), messages: [] }], { reset: true }), { anew: false });
    expect(ids(history.sessions())).toEqual(["s_2"]);
    expect(history.memories()).toEqual([]);
    expect(history.messages("s_1")).toEqual([]);
  });

  test("messages that are kept early do not undo what the archive said of them", async () => {
    const { history } = await open();
    history.take(page([{ session: session("s_1", "1"), messages: [said("m1", "t1")] }]), { anew: true });
    history.keepMessages(session("s_1", "2"), [{ ...said("m1", "t1"), text: "poorer" }, answer("m2", "t1")]);
    expect(history.messages("s_1").map(({ text }) => text)).toEqual(["text of m1", "text of m2"]);
  });

  test("memories: the pinned first, then the last changed; what no longer holds is not listed", async () => {
    const { history } = await open();
    const known = [memory("f_1"), memory("f_2", { updated_at: "2026-11-03" }), memory("f_3", { pinned: true }), memory("f_4")];
    history.take(page([], { memory: known }), { anew: true });
    history.take(page([], { memory: [memory("f_1", { valid_to: "2026-11-04" })], memory_deleted: ["f_4"] }), { anew: false });
    expect(ids(history.memories())).toEqual(["f_3", "f_2"]);
    history.forgetMemory("f_2");
    expect(ids(history.memories())).toEqual(["f_3"]);
  });

  test("a page that can't be written whole is not written at all, or can be taken again", async () => {
    const { history } = await open();
    const whole = page([{ session: session("s_1", "1"), messages: [said("m1", "t1")] }]);
    history.take(whole, { anew: true });
    history.take(whole, { anew: false });
    expect(ids(history.messages("s_1"))).toEqual(["m1"]);
    history.clear();
    expect(history.sessions()).toEqual([]);
  });
});

test("a file of another version is begun anew", async () => {
  const disk = await newDisk();
  new SqlPairs(disk.sql).set("old", "1");
  disk.sql.exec("PRAGMA user_version = 0");
  expect(new SqlPairs(disk.again().sql).get("old")).toBeNull();
});

test("a browser that keeps nothing is a browser that keeps it for now", () => {
  const full = new FakeStorage();
  full.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  for (const storage of [full, null]) {
    const pairs = new WebPairs(storage);
    pairs.set("a", "1");
    expect([pairs.get("a"), pairs.keys()]).toEqual(["1", ["a"]]);
    pairs.remove("a");
    expect(pairs.get("a")).toBeNull();
  }
});
