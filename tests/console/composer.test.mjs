import assert from "node:assert/strict";
import { test } from "node:test";

import { Composer } from "../../app/console/view/composer.js";
import { jsonStorage } from "../../app/console/core/storage.js";
import { FakeStorage } from "./helpers.mjs";

globalThis.CSS = { supports: () => true };

/** What the composer asks of an element. */
class Part {
  value = "";
  textContent = "";
  #listeners = new Map();
  #attributes = new Map();

  addEventListener(name, act) { this.#listeners.set(name, act); }
  hear(name, event = {}) { this.#listeners.get(name)({ preventDefault() {}, ...event }); }
  getAttribute(name) { return this.#attributes.get(name) ?? null; }
  setAttribute(name, value) { this.#attributes.set(name, String(value)); }
  removeAttribute(name) { this.#attributes.delete(name); }
  focus() {}
}

function setUp() {
  const names = ["form", "text", "label", "hint", "count", "send", "stop", "persona"];
  const parts = Object.fromEntries(names.map((name) => [name, new Part()]));
  const storage = jsonStorage(new FakeStorage());
  const said = [];
  const became = new Map();
  const act = { say: (text) => said.push(text), typing() {}, placeOf: (key) => became.get(key) ?? key };
  const words = { auto: "", tooLong: String, left: String };
  const composer = new Composer(parts, { words, personas: new Map(), act }, storage);
  const show = (key) => composer.show({ key, persona: null, running: false, connected: true });
  const write = (text) => {
    parts.text.value = text;
    parts.text.hear("input");
  };
  /** What an ack does to a new conversation, before the page is drawn again. */
  const keep = (key, id) => {
    became.set(key, id);
    storage.set(`ion.draft.${id}`, storage.get(`ion.draft.${key}`) ?? "");
    storage.remove(`ion.draft.${key}`);
  };
  return { ...parts, said, show, write, keep };
}

test("what is sent while a new conversation becomes a kept one does not stand in the field again", () => {
  const { text, said, show, write, keep } = setUp();
  show("new:1");
  write("and this");
  keep("new:1", "s_1");
  text.hear("keydown", { key: "Enter" });
  show("s_1");
  assert.deepEqual([said, text.value], [["and this"], ""]);
});

test("what is typed while a new conversation becomes a kept one stays, and no other's draft comes", () => {
  const { text, show, write, keep } = setUp();
  show("new:1");
  write("and");
  keep("new:1", "s_1");
  write("and this");
  show("s_1");
  assert.equal(text.value, "and this");
  show("s_2");
  assert.equal(text.value, "");
  show("s_1");
  assert.equal(text.value, "and this");
});
