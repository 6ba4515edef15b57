import assert from "node:assert/strict";
import { test } from "node:test";

import { jsonStorage } from "../../app/console/core/storage.js";
import { FakeStorage } from "./helpers.mjs";

test("values come back as they were, until they are removed", () => {
  const storage = jsonStorage(new FakeStorage());
  storage.set("ion.a", { n: [1] });
  storage.set("other", 1);
  assert.deepEqual(storage.get("ion.a"), { n: [1] });
  assert.deepEqual(storage.keys("ion."), ["ion.a"]);
  storage.remove("ion.a");
  assert.equal(storage.get("ion.a"), null);
});

test("a value that is not JSON is no value", () => {
  const backing = new FakeStorage();
  backing.setItem("ion.a", "{");
  assert.equal(jsonStorage(backing).get("ion.a"), null);
});

test("a browser that keeps nothing is a page that forgets, not a page that breaks", () => {
  const storage = jsonStorage(null);
  storage.set("ion.a", 1);
  assert.deepEqual([storage.get("ion.a"), storage.keys("ion."), storage.get("b")], [1, ["ion.a"], null]);
  storage.remove("ion.a");
  assert.equal(storage.get("ion.a"), null);
});

test("a full storage goes on in memory, and back when there is room", () => {
  const backing = new FakeStorage();
  let full = true;
  const write = backing.setItem.bind(backing);
  backing.setItem = (key, value) => {
    if (full) throw new Error("full");
    write(key, value);
  };
  const storage = jsonStorage(backing);
  storage.set("ion.a", 1);
  assert.equal(storage.get("ion.a"), 1);
  full = false;
  storage.set("ion.a", 2);
  assert.deepEqual([storage.get("ion.a"), backing.getItem("ion.a"), storage.keys("ion.")], [2, "2", ["ion.a"]]);
});
