// What the tests of the page's pure modules share: chance from a seed, time by hand, a fake server.

/** Return a generator of numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A clock with timers that run when the test says so. */
export class FakeTime {
  now = 1_000_000;
  #timers = new Map();
  #next = 1;

  setTimeout = (act, ms) => {
    this.#timers.set(this.#next, { at: this.now + ms, act });
    return this.#next++;
  };

  clearTimeout = (timer) => this.#timers.delete(timer);

  /** Let time pass; what falls due runs in order, and so do the promises it settles. */
  async pass(ms) {
    const end = this.now + ms;
    await settle();
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
      if (!due.length) break;
      const [timer, { at, act }] = due[0];
      this.#timers.delete(timer);
      this.now = Math.max(this.now, at);
      act();
      await settle();
    }
    this.now = end;
  }
}

/** Let promises that wait for nothing but each other settle. */
export async function settle() {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
}

/** localStorage as a Map. */
export class FakeStorage {
  #items = new Map();
  get length() { return this.#items.size; }
  key(at) { return [...this.#items.keys()][at] ?? null; }
  getItem(key) { return this.#items.get(key) ?? null; }
  setItem(key, value) { this.#items.set(key, String(value)); }
  removeItem(key) { this.#items.delete(key); }
}

/** A socket whose other end is the test. */
export class FakeSocket {
  static all = [];
  sent = [];
  closed = false;
  onopen = null;
  onmessage = null;
  onclose = null;

  constructor() {
    FakeSocket.all.push(this);
  }

  send(data) { this.sent.push(JSON.parse(data)); }
  close() { this.closed = true; }
  opens() { this.onopen?.(); }
  says(frame) { this.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) }); }
  closes(code) { this.onclose?.({ code }); }
}

export const AT = "2026-03-02T08:30:00Z";

/** Return frames of a log, numbered from `after` + 1. */
export function log(frames, { session = "s_1", after = 0 } = {}) {
  return frames.map((frame, at) => ({ session_id: session, seq: after + 1 + at, at: AT, ...frame }));
}

/** Return a user's message as the server shows it. */
export function message(id, text, extra = {}) {
  return { id, role: "user", text, created_at: AT, ...extra };
}

/** Return the frames of one answered turn. */
export function turn(number, pieces, extra = {}) {
  const id = `t_${number}`;
  const answer = `a_${number}`;
  return [
    { type: "message", message: message(`m_${number}`, `question ${number}`, { turn_id: id, client_msg_id: `c_${number}`, ...extra }) },
    { type: "turn_started", turn_id: id, message_ids: [`m_${number}`], attempt: 1 },
    {
      type: "routed", turn_id: id, persona: "lua", resonance_key: "anxious-burst-seek_advice",
      resonance_confidence: 0.8, override: false, choices: [{ persona: "lua", probability: 0.7, reason: "r" }],
    },
    ...pieces.map((text) => ({ type: "delta", turn_id: id, message_id: answer, text })),
    {
      type: "turn_done", turn_id: id, message_id: answer, persona: "lua", text: pieces.join(""), model: "scripted",
      finish_reason: "stop", usage: { prompt_tokens: 1, completion_tokens: 1 }, memories_used: [],
    },
  ];
}
