import assert from "node:assert/strict";
import { test } from "node:test";

import { Outbox, isLocal } from "../../app/console/core/outbox.js";
import { jsonStorage } from "../../app/console/core/storage.js";
import { FakeStorage, seeded } from "./helpers.mjs";

function setUp() {
  const time = { now: 1000 };
  const storage = jsonStorage(new FakeStorage());
  const open = () => new Outbox({ storage, now: () => time.now });
  return { time, storage, open, outbox: open() };
}

const add = (outbox, id, key = "s_1") => outbox.add({ id, key, text: `text ${id}`, persona: null });
const ids = (entries) => entries.map((entry) => entry.id);

test("messages survive a reload in the order in which they were written", () => {
  const { outbox, open } = setUp();
  for (const id of ["z", "a", "m"]) add(outbox, id);
  assert.deepEqual(ids(open().entries), ["z", "a", "m"]);
});

test("a clock that is set back does not change the order", () => {
  const { outbox, open, time } = setUp();
  add(outbox, "first");
  time.now = 500;
  add(outbox, "second");
  assert.deepEqual(ids(open().entries), ["first", "second"]);
});

test("of one conversation a message waits until the one before it is confirmed", () => {
  const { outbox } = setUp();
  add(outbox, "a");
  add(outbox, "b");
  add(outbox, "other", "s_2");
  assert.deepEqual(ids(outbox.ready()), ["a", "other"]);
  outbox.sending("a");
  assert.deepEqual(ids(outbox.ready()), ["other"]);
  outbox.acked("a", "s_1");
  assert.deepEqual(ids(outbox.ready()), ["b", "other"]);
});

test("what was handed to a lost socket is sent again", () => {
  const { outbox } = setUp();
  add(outbox, "a");
  outbox.sending("a");
  outbox.lostTouch();
  assert.deepEqual(ids(outbox.ready()), ["a"]);
});

test("a confirmed message is shown as sent, but a reload does not send it again", () => {
  const { outbox, open } = setUp();
  add(outbox, "a");
  outbox.acked("a", "s_1");
  assert.equal(outbox.entries[0].status, "sent");
  assert.deepEqual(open().entries, []);
  assert.equal(outbox.acked("unknown", "s_1"), null);
});

test("the first confirmed message of a new conversation names it for those that follow", () => {
  const { outbox, open } = setUp();
  add(outbox, "a", "new:x");
  add(outbox, "b", "new:x");
  assert.equal(outbox.acked("a", "s_7"), "new:x");
  assert.deepEqual(outbox.entries.map((entry) => entry.key), ["s_7", "s_7"]);
  assert.equal(open().entries[0].key, "s_7");
  assert.equal(isLocal("new:x") && !isLocal("s_7"), true);
});

test("a refused message comes again after its pause, and at last is left to the person", () => {
  const { outbox, time, open } = setUp();
  add(outbox, "a");
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    outbox.sending("a");
    outbox.refused("a", { retryable: true, code: "overloaded", pauseMs: 400 });
    assert.deepEqual(outbox.ready(), []);
    assert.equal(outbox.nextInMs(), 400);
    time.now += 400;
    assert.deepEqual([ids(outbox.ready()), outbox.nextInMs()], [["a"], null]);
  }
  outbox.refused("a", { retryable: true, code: "overloaded", pauseMs: 400 });
  assert.deepEqual([outbox.entries[0].status, outbox.entries[0].error], ["failed", "overloaded"]);
  assert.equal(open().entries[0].status, "failed");
  outbox.retry("a");
  assert.deepEqual(ids(outbox.ready()), ["a"]);
});

test("a message refused for good lets the next one go", () => {
  const { outbox } = setUp();
  add(outbox, "a");
  add(outbox, "b");
  outbox.refused("a", { retryable: false, code: "text_too_long", pauseMs: 0 });
  assert.deepEqual(ids(outbox.ready()), ["b"]);
  outbox.retry("b");
  outbox.refused("missing", { retryable: false, code: "x", pauseMs: 0 });
  assert.equal(outbox.entries[1].status, "pending");
});

test("what the log shows is forgotten everywhere", () => {
  const { outbox, open } = setUp();
  add(outbox, "a");
  assert.equal(outbox.forget(["b"]), false);
  assert.equal(outbox.forget(["a"]), true);
  assert.deepEqual([outbox.entries, open().entries], [[], []]);
});

test("storage that holds something else is passed over", () => {
  const { storage, open } = setUp();
  storage.set("ion.outbox.bad", { nothing: true });
  storage.set("ion.outbox.null", null);
  assert.deepEqual(open().entries, []);
});

test("on any line every message arrives once, and those of a conversation in order", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = seeded(seed);
    const { open, time } = setUp();
    let outbox = open();
    const arrived = [];
    const has = new Set();
    let written = 0;
    for (let step = 0; step < 600 && (written < 8 || outbox.entries.length); step += 1) {
      time.now += 50;
      if (written < 8 && random() < 0.2) add(outbox, `c${written++}`, written % 3 ? "s_1" : "new:x");
      if (random() < 0.05) outbox = open();
      if (random() < 0.1) outbox.lostTouch();
      for (const entry of outbox.ready()) {
        outbox.sending(entry.id);
        if (random() < 0.3) continue;
        const sessionId = isLocal(entry.key) ? "s_x" : entry.key;
        if (!has.has(entry.id)) arrived.push([sessionId, entry.id]);
        has.add(entry.id);
        if (random() < 0.3) continue;
        outbox.acked(entry.id, sessionId);
        outbox.forget([entry.id]);
      }
      if (step > 500) outbox.lostTouch();
    }
    assert.equal(arrived.length, 8, `seed ${seed}`);
    for (const session of ["s_1", "s_x"]) {
      const order = arrived.filter(([key]) => key === session).map(([, id]) => id);
      assert.deepEqual(order, order.toSorted(), `seed ${seed}`);
    }
  }
});

test("entries from before there were kinds are messages", () => {
  const { storage, open } = setUp();
  storage.set("ion.outbox.c", { id: "c", key: "s_1", text: "old", at: 1, n: 0, status: "pending", persona: null, error: null });
  assert.deepEqual(open().entries.map((entry) => [entry.kind, entry.about]), [["send", null]]);
});

test("what was said in somebody else's conversation becomes words of a new one, its answers do not", () => {
  const { outbox } = setUp();
  outbox.add({ id: "e", key: "s_1", kind: "edit", about: "m_1", text: "better" });
  outbox.add({ id: "r", key: "s_1", kind: "regenerate", about: "t_1", text: "" });
  outbox.rename("s_1", "s_2");
  assert.deepEqual(outbox.of("s_2").map((entry) => entry.kind), ["edit", "regenerate"]);
  outbox.rename("s_2", "new:1");
  assert.deepEqual(outbox.of("new:1").map((entry) => [entry.id, entry.kind, entry.about]), [["e", "send", null]]);
});
