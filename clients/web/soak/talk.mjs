// Users who talk for minutes through a network that fails all the time, and what went wrong of it.
//
// The product runs behind a proxy that cuts, stalls, half-opens, refuses and delays; users say
// numbered messages on two devices each, one of which now and then dies and begins anew. At the end
// every message must be in the archive once and in order, and the devices must show what it has.
//
// A device is what a client is wrapped in:
//   state, session          as the client has them
//   openedAt                when a connection was had last
//   say(text, policy)       returns the client_msg_id, if it is known
//   look()                  the user types, and has seen what came
//   wake(), restart(), close()
//   other(id)               begins a second device of the same user
//   rest(method, path)
//   views()                 lists of { role, text }, each of which is to be what the archive has
//   failures()              how many messages were refused for good

import { FaultProxy } from "./proxy.mjs";
import { startProduct } from "./product.mjs";

const USERS = 3;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Talk, print the figures, and set the process's exit code; `first(url)` begins a user's first device. */
export async function soak({ minutes, seed, first }) {
  const product = await startProduct({ ION_SCRIPTED_TOKENS: "40", ION_SCRIPTED_INTERVAL_MS: "20" });
  const proxy = await new FaultProxy(product.port).start();
  const users = await Promise.all(Array.from({ length: USERS }, async () => new User(await first(proxy.url))));
  const run = new Run(proxy, dice(seed), users);
  await run.talk(performance.now() + minutes * 60_000);
  await run.settle();
  await proxy.stop();
  await product.stop();
  console.log(`\n${minutes} minutes, seed ${seed}, ${USERS} users on two devices, ${proxy.connections} connections`);
  run.print();
  const { lost, doubled, differing, "out of order": disordered, "not back": away } = run.counts;
  process.exitCode = lost + doubled + disordered + differing + away ? 1 : 0;
}

/** Return a function that returns a number below n, the same for the same seed. */
function dice(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** Somebody who talks on one device and watches on another. */
class User {
  said = [];
  second = null;

  constructor(first) {
    this.first = first;
  }

  get devices() {
    return this.second ? [this.first, this.second] : [this.first];
  }

  say(policy) {
    const text = `message ${this.said.length}`;
    this.said.push({ text, id: this.first.say(text, policy) });
  }

  /** Show the session on another device as soon as it has an id. */
  watch() {
    const { id } = this.first.session;
    if (id) this.second ??= this.first.other(id);
  }
}

class Run {
  counts = {
    messages: 0, answers: 0, lost: 0, doubled: 0, "out of order": 0, differing: 0, failed: 0, "not back": 0,
    cuts: 0, stalls: 0, "half-open": 0, outages: 0, delays: 0, restarts: 0,
  };
  #back = { told: [], untold: [] };
  #proxy;
  #roll;
  #users;

  constructor(proxy, roll, users) {
    this.#proxy = proxy;
    this.#roll = roll;
    this.#users = users;
  }

  get #devices() {
    return this.#users.flatMap((user) => user.devices);
  }

  async talk(until) {
    const progress = setInterval(() => console.log(JSON.stringify(this.counts)), 60_000);
    await Promise.all([this.#disturb(until), ...this.#users.map((user) => this.#chat(user, until))]);
    clearInterval(progress);
    this.#proxy.delay(0);
    this.#proxy.refuse(false);
    this.#proxy.stall(false);
    for (const device of this.#devices) device.wake();
  }

  async settle() {
    for (const user of this.#users) await this.#compare(user);
    for (const device of this.#devices) device.close();
  }

  print() {
    for (const [name, count] of Object.entries(this.counts)) console.log(`${name.padEnd(14)}${count}`);
    console.log(`back, when the system tells of the network:  ${figure(this.#back.told)}`);
    console.log(`back, when nobody tells:                     ${figure(this.#back.untold)}`);
  }

  async #chat(user, until) {
    const roll = this.#roll;
    while (performance.now() < until) {
      user.say(["merge", "queue", "queue", "interrupt"][roll(4)]);
      this.counts.messages += 1;
      user.watch();
      await sleep(600 + roll(5_000));
      if (roll(12) === 0) {
        this.counts.restarts += 1;
        user.first.restart();
      }
      user.first.look();
    }
  }

  async #disturb(until) {
    while (performance.now() < until) {
      await sleep(500 + this.#roll(4_000));
      await this.#fault();
    }
  }

  /** One thing that networks do. Systems tell programs of most of it, but not of all. */
  async #fault() {
    const [now, proxy, roll, { counts }] = [performance.now(), this.#proxy, this.#roll, this];
    switch (roll(6)) {
      case 0:
        counts.cuts += 1;
        proxy.cut();
        return this.#comeBack("cut", false, now);
      case 1:
        counts.cuts += 1;
        proxy.cutAfter(roll(4_000));
        return sleep(roll(1_000));
      case 2:
        counts.stalls += 1;
        proxy.stall(true);
        await sleep(roll(6_000));
        proxy.stall(false);
        return this.#comeBack("stall", roll(2) > 0);
      case 3:
        counts["half-open"] += 1;
        proxy.halfOpen();
        await sleep(roll(1_500));
        return this.#comeBack("half-open", true, now);
      case 4:
        counts.outages += 1;
        proxy.refuse(true);
        proxy.cut();
        await sleep(roll(4_000));
        proxy.refuse(false);
        return this.#comeBack("outage", roll(2) > 0, now);
      default:
        counts.delays += 1;
        proxy.delay(roll(400));
        await sleep(roll(3_000));
        proxy.delay(0);
    }
  }

  /**
   * Note how long it takes from now until every device is connected; after `lost` (the time at which
   * all connections died) only a new one counts. `told`: the system tells of the network.
   */
  async #comeBack(after, told, lost = 0) {
    const since = performance.now();
    const waiting = new Map(this.#devices.map((device) => [device, device.state]));
    if (told) for (const device of waiting.keys()) device.wake();
    while (waiting.size && performance.now() - since < 30_000) {
      for (const [device, was] of waiting) {
        if (device.state !== "open" || device.openedAt < lost) continue;
        waiting.delete(device);
        this.#back[told ? "told" : "untold"].push({ ms: performance.now() - since, after, was });
      }
      await sleep(5);
    }
    this.counts["not back"] += waiting.size;
  }

  /** Wait until nothing moves, then compare a user's devices with the archive. */
  async #compare(user) {
    const last = performance.now() + 120_000;
    while (!user.devices.every(calm) && performance.now() < last) await sleep(100);
    await sleep(1_000);
    const archived = await archiveOf(user.first);
    this.#countAsked(user, archived.filter(({ role }) => role === "user"));
    this.counts.answers += archived.filter(({ role }) => role === "assistant").length;
    for (const device of user.devices) {
      for (const shown of await device.views()) this.counts.differing += lines(shown) === lines(archived) ? 0 : 1;
      this.counts.failed += device.failures();
    }
  }

  #countAsked(user, asked) {
    for (const { id, text } of user.said) {
      const found = asked.filter((each) => each.client_msg_id === id || each.text === text);
      if (!found.length) this.counts.lost += 1;
      this.counts.doubled += Math.max(0, found.length - 1);
    }
    const order = asked.map(({ text }) => Number(text.split(" ")[1]));
    this.counts["out of order"] += order.filter((each, at) => at && each < order[at - 1]).length;
  }
}

const lines = (messages) => messages.map(({ role, text }) => `${role}: ${text}`).join("\n");

const calm = ({ session }) => !session.running
  && session.messages.every(({ status }) => status !== "queued" && status !== "streaming");

/** Return all messages of a device's session, the oldest first. */
async function archiveOf(device) {
  const path = `/sessions/${device.session.id}/messages?limit=100`;
  for (let [all, before] = [[], ""]; ;) {
    const page = await device.rest("GET", `${path}${before && `&before=${before}`}`);
    all = [...page.messages, ...all];
    if (!(before = page.before ?? "")) return all;
  }
}

function figure(all) {
  const sorted = [...all].sort((a, b) => a.ms - b.ms);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? { ms: 0 };
  const [middle, late] = [0.5, 0.95].map((share) => `${Math.round(at(share).ms)} ms`);
  const slowest = sorted.slice(-3).reverse().map(({ ms, after, was }) => `${Math.round(ms)} ms (${was}, ${after})`);
  return `p50 ${middle}, p95 ${late}, most ${slowest.join(", ")} of ${sorted.length}`;
}
