import assert from "node:assert/strict";
import { test } from "node:test";

import { Account } from "../../app/console/core/account.js";
import { jsonStorage } from "../../app/console/core/storage.js";
import { FakeStorage } from "./helpers.mjs";

function kept() {
  const storage = jsonStorage(new FakeStorage());
  for (const key of ["ion.tokens", "ion.draft.s_1", "ion.theme", "ion.language", "another.page"]) {
    storage.set(key, key);
  }
  return storage;
}

test("what is taken along is all that the server keeps", async () => {
  const api = { exported: async () => ({ sessions: [{ id: "s_1" }] }) };
  const text = await new Account({ api, storage: kept() }).exported();
  assert.deepEqual(JSON.parse(text), { sessions: [{ id: "s_1" }] });
});

test("who is erased leaves nothing here but how the page looks", async () => {
  const storage = kept();
  const api = { eraseAccount: async () => ({ id: "er_1" }) };
  assert.deepEqual(await new Account({ api, storage }).erase(), { id: "er_1" });
  assert.deepEqual(storage.keys("ion.").sort(), ["ion.language", "ion.theme"]);
  assert.equal(storage.get("another.page"), "another.page");
});

test("nothing goes here when the server could not be reached", async () => {
  const storage = kept();
  const api = { eraseAccount: async () => { throw Object.assign(new Error("away"), { status: 0 }); } };
  await assert.rejects(new Account({ api, storage }).erase());
  assert.equal(storage.get("ion.tokens"), "ion.tokens");
});

test("who began as somebody new in another tab while this one was erased stays that", async () => {
  const storage = kept();
  storage.set("ion.tokens", { user_id: "u_1" });
  const api = { eraseAccount: async () => storage.set("ion.tokens", { user_id: "u_2" }) };
  await new Account({ api, storage }).erase();
  assert.deepEqual(storage.get("ion.tokens"), { user_id: "u_2" });
});
