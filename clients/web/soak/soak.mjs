// Talks for minutes through a network that fails all the time, and counts what went wrong.
//
// node soak/soak.mjs [minutes] [seed]: starts the product and a proxy that cuts, stalls, half-opens,
// refuses and delays; users say numbered messages on two devices each, one of which now and then
// dies and begins anew. At the end every message must be in the archive once and in order, and both
// devices must show what the archive has.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import WebSocket from "ws";
import { startProduct } from "./product.mjs";
import { FaultProxy } from "./proxy.mjs";

const minutes = Number(process.argv[2] ?? 1);
const seed = Number(process.argv[3] ?? Date.now() % 100_000);
const USERS = 3;
const here = new URL("..", import.meta.url).pathname;
let state = seed;

/** Return a number below n, the same for the same seed. */
function roll(n) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
}
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const out = mkdtempSync(join(tmpdir(), "ion-soak-"));
await build({ entryPoints: [`${here}src/index.ts`], outfile: `${out}/sdk.mjs`, bundle: true, format: "esm" });
const { IonClient, memory } = await import(pathToFileURL(`${out}/sdk.mjs`));

const counts = {
  messages: 0, answers: 0, lost: 0, doubled: 0, "out of order": 0, differing: 0, failed: 0, "not back": 0,
  cuts: 0, stalls: 0, "half-open": 0, outages: 0, delays: 0, restarts: 0,
};
const back = { told: [], untold: [] };

/** A user's device: a client, and the session it shows. */
class Device {
  client;
  session;
  /** When a connection was had last. */
  openedAt = 0;
  #url;
  #storage;

  constructor(url, storage) {
    this.#url = url;
    this.#storage = storage;
  }

  begin(name) {
    this.client = new IonClient({
      url: this.#url,
      storage: this.#storage,
      socket: (url, protocols) => new WebSocket(url, protocols),
    });
    this.client.on("state", ({ state: now }) => {
      if (now === "open") this.openedAt = performance.now();
    });
    this.session = this.client.session(name);
    this.client.connect();
    return this;
  }

  /** The program dies and begins anew. */
  restart() {
    const { id, key } = this.session;
    this.client.close();
    this.begin(id ?? key);
  }
}

/** Somebody who talks on one device and watches on another. */
class User {
  said = [];
  #storage = memory();
  #url;

  constructor(url) {
    this.#url = url;
    this.first = new Device(url, this.#storage).begin();
    this.second = null;
  }

  get devices() {
    return this.second ? [this.first, this.second] : [this.first];
  }

  say() {
    const text = `message ${this.said.length}`;
    const policy = ["merge", "queue", "queue", "interrupt"][roll(4)];
    this.said.push({ text, id: this.first.session.send(text, { policy }) });
    counts.messages += 1;
  }

  /** Show the session on another device as soon as it has an id. */
  watch() {
    const { id } = this.first.session;
    if (this.second || !id) return;
    // the same account, but not what the first device has not sent yet
    this.second = new Device(this.#url, { ...this.#storage, keys: () => [] }).begin(id);
  }
}

const product = await startProduct({ ION_SCRIPTED_TOKENS: "40", ION_SCRIPTED_INTERVAL_MS: "20" });
const proxy = await new FaultProxy(product.port).start();
const users = Array.from({ length: USERS }, () => new User(proxy.url));
const devices = () => users.flatMap((user) => user.devices);

/**
 * Note how long it takes from now until every device is connected; after `lost` (the time at which
 * all connections died) only a new one counts. `told`: the system tells of the network.
 */
async function comeBack(told, lost = 0) {
  const since = performance.now();
  const all = devices();
  if (told) for (const { client } of all) client.wake();
  const there = ({ client, openedAt }) => client.state === "open" && openedAt >= lost;
  const waiting = new Set(all);
  while (waiting.size && performance.now() - since < 30_000) {
    for (const device of waiting) {
      if (!there(device)) continue;
      waiting.delete(device);
      back[told ? "told" : "untold"].push(Math.max(0, performance.now() - since));
    }
    await sleep(5);
  }
  counts["not back"] += waiting.size;
}

/** One thing that networks do. Systems tell programs of most of it, but not of all. */
async function fault() {
  const now = performance.now();
  switch (roll(6)) {
    case 0:
      counts.cuts += 1;
      proxy.cut();
      return comeBack(false, now);
    case 1:
      counts.cuts += 1;
      proxy.cutAfter(roll(4_000));
      return sleep(roll(1_000));
    case 2:
      counts.stalls += 1;
      proxy.stall(true);
      await sleep(roll(6_000));
      proxy.stall(false);
      return comeBack(roll(2) > 0);
    case 3:
      counts["half-open"] += 1;
      proxy.halfOpen();
      await sleep(roll(1_500));
      return comeBack(true, now);
    case 4:
      counts.outages += 1;
      proxy.refuse(true);
      proxy.cut();
      await sleep(roll(4_000));
      proxy.refuse(false);
      return comeBack(roll(2) > 0, now);
    default:
      counts.delays += 1;
      proxy.delay(roll(400));
      await sleep(roll(3_000));
      proxy.delay(0);
  }
}

async function talk(user, until) {
  while (performance.now() < until) {
    user.say();
    user.watch();
    await sleep(600 + roll(5_000));
    if (roll(12) === 0) {
      counts.restarts += 1;
      user.first.restart();
    }
    user.first.session.typing(true);
    user.first.session.read();
  }
}

async function disturb(until) {
  while (performance.now() < until) {
    await sleep(500 + roll(4_000));
    await fault();
  }
}

const until = performance.now() + minutes * 60_000;
const progress = setInterval(() => console.log(JSON.stringify(counts)), 60_000);
await Promise.all([disturb(until), ...users.map((user) => talk(user, until))]);
clearInterval(progress);
proxy.delay(0);
proxy.refuse(false);
proxy.stall(false);
for (const { client } of devices()) client.wake();

const line = (messages) => messages.map(({ role, text }) => `${role}: ${text}`).join("\n");
const calm = ({ session }) => !session.running
  && session.messages.every(({ status }) => status !== "queued" && status !== "streaming");

/** Wait until nothing moves, then compare a user's devices with the archive. */
async function settle(user) {
  const last = performance.now() + 120_000;
  while (!user.devices.every(calm) && performance.now() < last) await sleep(100);
  await sleep(1_000);
  const { client, session } = user.first;
  let archived = [];
  for (let before = ""; ;) {
    const path = `/sessions/${session.id}/messages?limit=100${before && `&before=${before}`}`;
    const page = await client.rest("GET", path);
    archived = [...page.messages, ...archived];
    if (!(before = page.before ?? "")) break;
  }
  const asked = archived.filter(({ role }) => role === "user");
  for (const { id, text } of user.said) {
    const found = asked.filter((each) => each.client_msg_id === id || each.text === text);
    if (!found.length) counts.lost += 1;
    counts.doubled += Math.max(0, found.length - 1);
  }
  const order = asked.map(({ text }) => Number(text.split(" ")[1]));
  counts["out of order"] += order.filter((each, at) => at && each < order[at - 1]).length;
  counts.answers += archived.filter(({ role }) => role === "assistant").length;
  for (const { session: shown } of user.devices) {
    while (await shown.older(100));
    counts.failed += shown.messages.filter(({ role, status }) => role === "user" && status === "failed").length;
    if (line(shown.messages.filter(({ id }) => id)) !== line(archived)) counts.differing += 1;
  }
}

for (const user of users) await settle(user);
for (const { client } of devices()) client.close();
await proxy.stop();
await product.stop();
rmSync(out, { recursive: true, force: true });

const figure = (all) => {
  const sorted = [...all].sort((a, b) => a - b);
  const at = (share) => `${Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)} ms`;
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)} (${sorted.length})`;
};
console.log(`\n${minutes} minutes, seed ${seed}, ${USERS} users on two devices, ${proxy.connections} connections`);
for (const [name, count] of Object.entries(counts)) console.log(`${name.padEnd(14)}${count}`);
console.log(`back, when the system tells of the network:  ${figure(back.told)}`);
console.log(`back, when nobody tells:                     ${figure(back.untold)}`);
process.exitCode = counts.lost + counts.doubled + counts["out of order"] + counts.differing + counts["not back"] ? 1 : 0;
