import { expect, test } from "vitest";
import { Log } from "../src/log";
import type { LogFrame, Message } from "../src/index";

const AT = "2026-11-01T09:00:00Z";
const view = (log: Log) => log.$messages.map(({ role, text, status }) => `${role} ${status}: ${text}`);

/** Return a generator of numbers below n that is the same for the same seed. */
function dice(seed: number): (n: number) => number {
  let state = seed * 2_654_435_769 + 1;
  return (n) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39) | 0;
    return ((state ^ (state >>> 12)) >>> 0) % n;
  };
}

/** Return a log as a server writes it: bursts, answers, stops, failures, restarts, second answers. */
function written(seed: number, turns = 12): LogFrame[] {
  const roll = dice(seed);
  const log: any[] = [];
  const add = (frame: object) => log.push({ session_id: "s_1", at: AT, seq: log.length + 1, ...frame });
  const answered: { id: string; said: string[] }[] = [];
  for (let n = 0; n < turns; n += 1) {
    const turn_id = `t${n}`;
    const again = answered.length && roll(4) === 0 ? answered.splice(roll(answered.length))[0]! : null;
    const said = again?.said ?? Array.from({ length: 1 + roll(2) }, (_, at) => `m${n}.${at}`);
    if (!again) {
      for (const id of said) {
        const message = { id, role: "user", text: id, created_at: AT, client_msg_id: `c${id}`, turn_id };
        add({ type: "message", message });
      }
    }
    add({ type: "turn_started", turn_id, message_ids: said, attempt: 1, ...(again && { supersedes: again.id }) });
    add({ type: "routed", turn_id, persona: "lua", choices: [] });
    let text = "";
    for (let piece = roll(5); piece > 0; piece -= 1) {
      if (roll(9) === 0) {
        add({ type: "turn_restarted", turn_id, attempt: 2 });
        text = "";
      }
      const more = String.fromCodePoint(0x1f600 + roll(60)) + piece;
      add({ type: "delta", turn_id, message_id: `a${n}`, text: more });
      text += more;
    }
    if (roll(6) === 0) add({ type: "turn_failed", turn_id, code: "provider_timeout", retryable: true });
    else {
      const finish_reason = roll(5) ? "stop" : "stopped";
      add({ type: "turn_done", turn_id, message_id: `a${n}`, persona: "lua", text, finish_reason });
    }
    answered.push({ id: turn_id, said });
    if (roll(5) === 0) add({ type: "dreamt_of_later", turn_id });
  }
  return log;
}

function read(frames: LogFrame[]): Log {
  const log = new Log();
  log.$attached({ type: "attached", session_id: "s_1", epoch: "e", seq: 0, recovered: true });
  for (const frame of frames) log.$apply(frame);
  expect(log.$point("s_1").after).toBe(frames.length);
  return log;
}

test("frames lost, repeated and read again from the cursor give what an undisturbed reader has", () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const frames = written(seed);
    const whole = read(frames);
    const roll = dice(seed + 10_000);
    const log = new Log();
    let at = 0;
    const attach = () => {
      const { after = 0 } = log.$point("s_1");
      log.$attached({ type: "attached", session_id: "s_1", epoch: "e", seq: after!, recovered: true });
      at = after!;
    };
    attach();
    for (let step = 0; step < 10_000 && at < frames.length; step += 1) {
      const frame = frames[at]!;
      switch (roll(12)) {
        case 0: // the connection is cut
          log.$live = false;
          expect(log.$apply(frame)).toBe(false);
          attach();
          break;
        case 1: // a frame is lost, and the next one shows it
          if (at + 1 < frames.length && log.$apply(frames[at + 1]!) === null) attach();
          break;
        case 2: // an old one comes again
          if (at) expect(log.$apply(frames[roll(at)]!)).toBe(false);
          break;
        default:
          if (!log.$apply(frame)) throw new Error(`seed ${seed}: frame ${at} was not taken`);
          at += 1;
      }
    }
    expect(view(log)).toEqual(view(whole));
    expect(log.$unread).toBe(whole.$unread);
  }
});

test("an answer keeps its object until it changes, and its key for ever", () => {
  const frames = written(7);
  const log = read([]);
  const keys = new Map<string, string>();
  let before: Message[] = [];
  for (const frame of frames) {
    log.$apply(frame);
    const { $messages: messages } = log;
    expect(new Set(messages.map(({ key }) => key)).size).toBe(messages.length);
    for (const each of messages) {
      if (each.id) expect(keys.get(each.id) ?? each.key).toBe(each.key);
      if (each.id) keys.set(each.id, each.key);
      const old = before.find(({ key }) => key === each.key);
      if (old && JSON.stringify(old) === JSON.stringify(each) && frame.type === "delta") expect(each).toBe(old);
    }
    before = messages;
  }
});

test("a snapshot in the middle of a turn goes on like the log", () => {
  const log = new Log();
  const session = { id: "s_1", title: "", created_at: AT, updated_at: AT, unread: 2 };
  const asked = { id: "m1", role: "user" as const, text: "hi", created_at: AT, client_msg_id: "c1", turn_id: "t1" };
  const failed = { ...asked, id: "m0", client_msg_id: "c0", turn_id: "t0", failed: "provider_timeout" };
  const running_turn = { turn_id: "t1", message_id: "a1", message_ids: ["m1"], attempt: 1, text: "He", persona: "lua" };
  expect(log.$attached({ type: "attached", session_id: "s_1", epoch: "e2", seq: 9, recovered: false })).toBe(true);
  expect(log.$point("s_1")).toEqual({ session_id: "s_1" });
  log.$refresh({ type: "snapshot", session, messages: [failed, asked], running_turn, epoch: "e2", seq: 9 });
  expect(log.$apply({ type: "delta", session_id: "s_1", at: AT, seq: 10, turn_id: "t1", message_id: "a1", text: "llo" })).toBe(true);
  expect(view(log)).toEqual([
    "user sent: hi", "assistant failed: ", "user sent: hi", "assistant streaming: Hello",
  ]);
  expect(log.$messages.map(({ key }) => key)).toEqual(["c0", "t0", "c1", "a1"]);
  expect(log.$messages[1]!.error).toBe("provider_timeout");
  expect(log.$unread).toBe(2);
  expect(log.$point("s_1")).toEqual({ session_id: "s_1", epoch: "e2", after: 10 });
});

test("what is whole in a snapshot is not written again by the pieces that follow it", () => {
  const log = new Log();
  const session = { id: "s_1", title: "", created_at: AT, updated_at: AT, unread: 1 };
  const answered = { turn_id: "t1", persona: "lua" };
  const messages = [
    { id: "m1", role: "user" as const, text: "hi", created_at: AT, turn_id: "t1" },
    { id: "a1", role: "assistant" as const, text: "Hello", created_at: AT, turn_id: "t1", answered },
  ];
  log.$refresh({ type: "snapshot", session, messages, epoch: "e", seq: 3 });
  const rest = { session_id: "s_1", at: AT, turn_id: "t1", message_id: "a1" };
  log.$apply({ ...rest, type: "delta", seq: 4, text: "lo" });
  expect(view(log).at(-1)).toBe("assistant done: Hello");
  log.$apply({
    ...rest, type: "turn_done", seq: 5, text: "Hello", persona: "lua", finish_reason: "stop", model: "",
    usage: { prompt_tokens: 1, completion_tokens: 1 }, memories_used: [],
  });
  expect(view(log)).toEqual(["user sent: hi", "assistant done: Hello"]);
  expect(log.$unread).toBe(1);
});
