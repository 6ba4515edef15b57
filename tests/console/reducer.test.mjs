import assert from "node:assert/strict";
import { test } from "node:test";

import { emptySession, reduce, runningTurn, withOlder } from "../../app/console/core/reducer.js";
import { AT, log, message, seeded, turn } from "./helpers.mjs";

const ATTACHED = { type: "attached", session_id: "s_1", epoch: "e1", seq: 0, recovered: true };
const started = () => reduce(emptySession("s_1"), ATTACHED);
const after = (frames, state = started()) => frames.reduce(reduce, state);

test("a whole turn becomes a message and its answer", () => {
  const state = after(log(turn(1, ["Hel", "lo"])));
  assert.equal(state.turns.length, 1);
  const [{ messages, answer, status }] = state.turns;
  assert.deepEqual(messages.map((each) => each.text), ["question 1"]);
  assert.equal(status, "done");
  assert.deepEqual(
    [answer.text, answer.persona, answer.model, answer.resonanceKey, answer.createdAt],
    ["Hello", "lua", "scripted", "anxious-burst-seek_advice", AT],
  );
  assert.equal(state.cursor, 6);
});

test("frames at or below the cursor change nothing", () => {
  const frames = log(turn(1, ["a", "b", "c"]));
  const state = after(frames);
  for (const frame of frames) assert.equal(reduce(state, frame), state);
});

test("frames before any attachment change nothing", () => {
  const state = emptySession("s_1");
  for (const frame of log(turn(1, ["a"]))) assert.equal(reduce(state, frame), state);
});

test("an unknown frame moves the cursor and nothing else", () => {
  const state = started();
  const next = reduce(state, { type: "constructor", session_id: "s_1", seq: 1, at: AT });
  assert.deepEqual(next, { ...state, cursor: 1 });
  assert.equal(reduce(state, { type: "welcome" }), state);
});

test("a frame beyond the next one is a gap: it is not applied, and it is noticed once", () => {
  const frames = log(turn(1, ["a", "b"]));
  const before = after(frames.slice(0, 3));
  const gap = reduce(before, frames[4]);
  assert.deepEqual(gap, { ...before, gap: true });
  assert.equal(reduce(gap, frames[5]), gap);
  const healed = after([{ ...ATTACHED, seq: 3 }, ...frames.slice(3)], gap);
  assert.deepEqual(healed, after(frames));
});

test("a new epoch waits for its snapshot, which replaces what was known", () => {
  const state = after(log(turn(1, ["old"])));
  const waiting = reduce(state, { ...ATTACHED, epoch: "e2", recovered: false });
  assert.equal(waiting.awaiting, true);
  const [frame] = log([{ type: "delta", turn_id: "t_1", message_id: "a_1", text: "x" }], { after: 6 });
  assert.equal(reduce(waiting, frame), waiting);
  const fresh = reduce(waiting, {
    type: "snapshot", epoch: "e2", seq: 1, session: { id: "s_1", title: "T", notice: "n" },
    messages: [message("m_9", "other", { turn_id: "t_9" })],
  });
  assert.deepEqual([fresh.epoch, fresh.cursor, fresh.awaiting, fresh.notice], ["e2", 1, false, "n"]);
  assert.deepEqual(fresh.turns.map((each) => each.id), ["t_9"]);
  assert.equal(after(log([{ type: "notice", text: "hi" }], { after: 1 }), fresh).notice, "hi");
});

test("reading a log from its start in a new epoch begins with nothing", () => {
  const state = after([{ ...ATTACHED, epoch: "e2" }], after(log(turn(1, ["old"]))));
  assert.deepEqual([state.turns, state.cursor, state.epoch], [[], 0, "e2"]);
});

test("a snapshot shows the running turn with its text, and the log goes on from there", () => {
  const running = {
    turn_id: "t_1", message_id: "a_1", message_ids: ["m_1"], attempt: 1, text: "Hel", persona: "elro",
    choices: [], resonance_key: "calm-medium-learning",
  };
  const state = reduce(emptySession("s_1"), {
    type: "snapshot", epoch: "e1", seq: 4, session: { id: "s_1" }, running_turn: running,
    messages: [message("m_1", "q", { turn_id: "t_1" })],
  });
  assert.deepEqual([runningTurn(state).answer.text, runningTurn(state).answer.persona], ["Hel", "elro"]);
  const frames = [{ type: "delta", turn_id: "t_1", message_id: "a_1", text: "lo" }];
  assert.equal(after(log(frames, { after: 4 }), state).turns[0].answer.text, "Hello");
});

test("a running turn that has not begun to write has no answer yet", () => {
  const state = reduce(emptySession("s_1"), {
    type: "snapshot", epoch: "e1", seq: 4, session: { id: "s_1" },
    messages: [message("m_1", "q", { turn_id: "t_1" })],
    running_turn: { turn_id: "t_1", message_id: "a_1", message_ids: ["m_1"], attempt: 1, text: "" },
  });
  assert.deepEqual([state.turns[0].status, state.turns[0].answer], ["running", null]);
});

test("a snapshot brings back answers, their reasons and contacts, and failed questions", () => {
  const answered = {
    turn_id: "t_1", persona: "nana", choices: [{ persona: "nana", probability: 1, reason: "r" }],
    resonance_key: "urgent-burst-planning", finish_reason: "safety", model: "m", resources: [{ name: "line" }],
  };
  const state = reduce(emptySession("s_1"), {
    type: "snapshot", epoch: "e1", seq: 9, session: { id: "s_1" },
    messages: [
      message("m_1", "q1", { turn_id: "t_1" }),
      { id: "a_1", role: "assistant", text: "A", created_at: AT, answered },
      message("m_2", "q2", { turn_id: "t_2", failed: "provider_timeout" }),
      message("m_3", "alone"),
    ],
  });
  const [first, second, third] = state.turns;
  assert.deepEqual([first.answer.persona, first.answer.finishReason, first.answer.resources.length], ["nana", "safety", 1]);
  assert.deepEqual([second.status, second.failure.code], ["failed", "provider_timeout"]);
  assert.deepEqual([third.id, third.status], ["m_3", "waiting"]);
});

test("a restarted turn drops the partial text and keeps who answers", () => {
  const frames = log([
    ...turn(1, ["half"]).slice(0, 4),
    { type: "turn_restarted", turn_id: "t_1", attempt: 2 },
    { type: "delta", turn_id: "t_1", message_id: "a_1", text: "whole" },
  ]);
  const cut = after(frames.slice(0, 5)).turns[0];
  assert.deepEqual([cut.answer.text, cut.answer.persona, cut.attempt], ["", "lua", 2]);
  assert.equal(after(frames).turns[0].answer.text, "whole");
});

test("a restart before anything was written is no trouble", () => {
  const frames = log([...turn(1, []).slice(0, 2), { type: "turn_restarted", turn_id: "t_1", attempt: 2 }]);
  assert.equal(after(frames).turns[0].answer, null);
});

test("a failed turn keeps the question and drops what it had written", () => {
  const failed = { type: "turn_failed", turn_id: "t_1", code: "provider_timeout", message: "", retryable: true };
  const [only] = after(log([...turn(1, ["half"]).slice(0, 4), failed])).turns;
  assert.deepEqual([only.status, only.answer, only.failure], ["failed", null, { code: "provider_timeout", retryable: true }]);
  assert.equal(only.messages.length, 1);
});

test("safety contacts stay on the answer when it is done", () => {
  const [asked, began, routed, delta, done] = turn(1, ["calm words"]);
  const safety = { type: "safety", turn_id: "t_1", category: "crisis", resources: [{ name: "line" }] };
  const state = after(log([asked, began, routed, safety, delta, { ...done, finish_reason: "safety" }]));
  assert.deepEqual([state.turns[0].answer.resources, state.turns[0].answer.finishReason], [[{ name: "line" }], "safety"]);
});

test("a message that comes twice is shown once", () => {
  const frame = turn(1, [])[0];
  const state = after(log([frame, frame]));
  assert.equal(state.turns[0].messages.length, 1);
});

test("a question asked while another is answered stands after that answer", () => {
  const [asked, began, routed, delta, done] = turn(1, ["one"]);
  const state = after(log([asked, began, turn(2, [])[0], routed, delta, done]));
  assert.deepEqual(state.turns.map((each) => [each.id, each.status]), [["t_1", "done"], ["t_2", "waiting"]]);
});

test("messages merged into one turn move to it, in their order", () => {
  const frames = log([
    turn(1, [])[0], turn(2, [])[0],
    { type: "turn_started", turn_id: "t_2", message_ids: ["m_1", "m_2"], attempt: 1 },
  ]);
  const state = after(frames);
  assert.deepEqual(state.turns.map((each) => each.id), ["t_2"]);
  assert.deepEqual(state.turns[0].messages.map((each) => each.id), ["m_1", "m_2"]);
});

const shown = ({ turns }) => turns.map((each) => [each.id, each.messages.map((m) => m.id), each.answer?.text ?? null]);
const begun = (id, messageIds, extra = {}) => ({ type: "turn_started", turn_id: id, message_ids: messageIds, attempt: 1, ...extra });
const edited = (id, about, turnId) => ({ type: "message", message: message(id, "better", { turn_id: turnId, supersedes: about }) });
const words = (id, text) => ({ type: "delta", turn_id: id, message_id: `a_${id}`, text });
const ended = (id, text) => ({ ...turn(1, [])[3], turn_id: id, message_id: `a_${id}`, text });

test("a turn that begins again with a message that joined it begins with no text", () => {
  const joined = { type: "message", message: message("m_2", "and", { turn_id: "t_1" }) };
  const state = after(log([...turn(1, ["a"]).slice(0, 4), joined, begun("t_1", ["m_1", "m_2"]), words("t_1", "b")]));
  assert.deepEqual(shown(state), [["t_1", ["m_1", "m_2"], "b"]]);
});

test("an answer made again takes the place of the old one and of all that came after it", () => {
  const frames = log([...turn(1, ["a"]), ...turn(2, ["b"]), begun("t_3", ["m_1"], { supersedes: "t_1" }), ended("t_3", "c")]);
  const state = after(frames);
  assert.deepEqual(shown(state), [["t_3", ["m_1"], "c"]]);
  assert.deepEqual([state.turns[0].siblings, state.unread], [["t_1", "t_3"], 1]);
  const third = after(log([begun("t_4", ["m_1"], { supersedes: "t_1" })], { after: frames.length }), state);
  assert.deepEqual(third.turns.map((each) => [each.id, each.siblings]), [["t_4", ["t_1", "t_3", "t_4"]]]);
});

test("what was said after an answer was asked for again stays, and is answered after it", () => {
  const state = after(log([...turn(1, ["a"]), turn(3, [])[0], begun("t_2", ["m_1"], { supersedes: "t_1" }), ended("t_2", "b")]));
  assert.deepEqual(shown(state), [["t_2", ["m_1"], "b"], ["t_3", ["m_3"], null]]);
});

test("an edited message takes the place of the old one, and what still comes of that is not shown", () => {
  const state = after(log([
    ...turn(1, ["a"]), ...turn(2, ["b"]).slice(0, 4), edited("m_3", "m_1", "t_3"),
    words("t_2", "late"), ended("t_2", "blate"), begun("t_3", ["m_3"], { supersedes: "t_1" }), ended("t_3", "c"),
  ]));
  assert.deepEqual(shown(state), [["t_3", ["m_3"], "c"]]);
  assert.deepEqual(state.turns[0].siblings, ["t_1", "t_3"]);
});

test("of a burst the other messages stay with the edited one, in their order", () => {
  const second = { type: "message", message: message("m_2", "and", { turn_id: "t_1" }) };
  const burst = [turn(1, [])[0], second, begun("t_1", ["m_1", "m_2"]), ended("t_1", "a")];
  const first = after(log([...burst, edited("m_3", "m_1", "t_2"), begun("t_2", ["m_3", "m_2"], { supersedes: "t_1" })]));
  assert.deepEqual(shown(first), [["t_2", ["m_3", "m_2"], null]]);
  const last = after(log([...burst, edited("m_3", "m_2", "t_2"), begun("t_2", ["m_1", "m_3"], { supersedes: "t_1" })]));
  assert.deepEqual(shown(last), [["t_2", ["m_1", "m_3"], null]]);
});

test("of two edits of one message the later one is shown", () => {
  for (const about of ["m_1", "m_2"]) {
    const state = after(log([
      ...turn(1, ["a"]), edited("m_2", "m_1", "t_2"), edited("m_3", about, "t_3"),
      begun("t_2", ["m_2"], { supersedes: "t_1" }), ended("t_2", ""), begun("t_3", ["m_3"], { supersedes: "t_1" }), ended("t_3", "c"),
    ]));
    assert.deepEqual(shown(state), [["t_3", ["m_3"], "c"]]);
    assert.deepEqual(state.turns[0].siblings, ["t_1", "t_2", "t_3"]);
  }
});

test("an edited message that comes twice changes nothing the second time", () => {
  const edit = edited("m_2", "m_1", "t_2");
  const begins = begun("t_2", ["m_2"], { supersedes: "t_1" });
  const state = after(log([...turn(1, ["a"]), edit, begins, words("t_2", "b"), edit, ended("t_2", "b")]));
  assert.deepEqual(shown(state), [["t_2", ["m_2"], "b"]]);
  assert.deepEqual(state.turns[0].siblings, ["t_1", "t_2"]);
});

test("an answer that was asked for before an edit, and begins after it, is only one more version", () => {
  const state = after(log([
    ...turn(1, ["a"]), edited("m_3", "m_1", "t_3"), begun("t_2", ["m_1"], { supersedes: "t_1" }), ended("t_2", ""),
    begun("t_3", ["m_3"], { supersedes: "t_2" }), ended("t_3", "c"),
  ]));
  assert.deepEqual([shown(state), state.turns[0].siblings, state.torn], [[["t_3", ["m_3"], "c"]], ["t_1", "t_2", "t_3"], false]);
});

test("what takes the place of something that has left needs a snapshot", () => {
  const edit = [...turn(1, ["a"]), ...turn(2, ["b"]), edited("m_3", "m_1", "t_3")];
  const replaced = after(log([...edit, begun("t_5", ["m_2"], { supersedes: "t_2" }), ended("t_5", "d")]));
  assert.deepEqual([shown(replaced), replaced.torn], [[["t_3", ["m_3"], null]], true]);
  const reworded = after(log([...edit, edited("m_5", "m_2", "t_5")]));
  assert.deepEqual([shown(reworded), reworded.torn], [[["t_3", ["m_3"], null]], true]);
});

test("a message for a turn that left the view waits for the turn that names it", () => {
  const late = { type: "message", message: message("m_2", "and", { turn_id: "t_1" }) };
  const state = after(log([...turn(1, ["a"]), edited("m_3", "m_1", "t_2"), late, begun("t_2", ["m_3", "m_2"], { supersedes: "t_1" })]));
  assert.deepEqual(shown(state), [["t_2", ["m_3", "m_2"], null]]);
});

test("what supersedes something unknown just stands last", () => {
  const state = after(log([edited("m_2", "m_1", "t_2"), begun("t_2", ["m_2"], { supersedes: "t_1" })]));
  assert.deepEqual(shown(state), [["t_2", ["m_2"], null]]);
});

test("a snapshot tells of versions, ratings and what is unread, and brings back what had left", () => {
  const before = after(log([...turn(1, ["a"]), begun("t_2", ["m_1"], { supersedes: "t_1" })]));
  const answered = { turn_id: "t_1", persona: "lua", rating: -1 };
  const siblings = ["t_1", "t_2"];
  const state = reduce(before, {
    type: "snapshot", epoch: "e2", seq: 7, session: { id: "s_1", unread: 2 },
    messages: [
      message("m_1", "q", { turn_id: "t_1", siblings }),
      { id: "a_1", role: "assistant", text: "A", created_at: AT, turn_id: "t_1", answered, siblings },
    ],
  });
  assert.deepEqual([shown(state), state.gone, state.unread], [[["t_1", ["m_1"], "A"]], [], 2]);
  assert.deepEqual([state.turns[0].siblings, state.turns[0].answer.rating], [siblings, -1]);
  assert.equal(after(log([words("t_1", "!")], { after: 7 }), state).turns[0].answer.text, "A!");
});

test("a snapshot in which a turn takes another's place does not show that one", () => {
  const state = reduce(emptySession("s_1"), {
    type: "snapshot", epoch: "e1", seq: 9, session: { id: "s_1" },
    messages: [message("m_1", "q", { turn_id: "t_1" }), { id: "a_1", role: "assistant", text: "A", turn_id: "t_1", created_at: AT }],
    running_turn: { turn_id: "t_2", message_id: "a_2", message_ids: ["m_1"], attempt: 1, text: "B", supersedes: "t_1" },
  });
  assert.deepEqual(shown(state), [["t_2", ["m_1"], "B"]]);
});

test("ratings and read marks arrive, also for what is not here", () => {
  const rated = (id, rating) => ({ type: "feedback", turn_id: id, rating });
  const state = after(log([...turn(1, ["a"]), rated("t_1", 1), rated("t_9", 1)]));
  assert.deepEqual([state.turns.length, state.turns[0].answer.rating, state.unread], [1, 1, 1]);
  assert.equal(after(log([{ type: "read", message_id: "a_1", unread: 0 }], { after: 7 }), state).unread, 0);
});

test("the session's own changes arrive", () => {
  const state = after(log([{ type: "session_updated", session: { id: "s_1", title: "New" } }]));
  assert.equal(state.info.title, "New");
});

test("older messages come before, and only once", () => {
  const state = after(log(turn(5, ["five"])));
  const older = [message("m_4", "q4", { turn_id: "t_4" }), message("m_5", "q5", { turn_id: "t_5" })];
  const more = withOlder(state, older);
  assert.deepEqual(more.turns.map((each) => each.id), ["t_4", "t_5"]);
  assert.equal(more.turns[1], state.turns[0]);
  assert.equal(withOlder(more, older), more);
});

test("however often the line drops and frames repeat, the conversation is the same", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = seeded(seed);
    const frames = log([1, 2, 3].flatMap((number) => turn(number, ["a", "b", "c", "d"])));
    let state = started();
    let at = 0;
    while (state.cursor < frames.length) {
      if (random() < 0.2) {
        // a new socket: the server goes on from the cursor, sometimes from the log's start
        at = random() < 0.5 ? state.cursor : 0;
        state = reduce(state, { ...ATTACHED, seq: at });
      } else if (random() < 0.1) {
        state = reduce(state, frames[Math.floor(random() * frames.length)]);
        if (state.gap) state = reduce(state, { ...ATTACHED, seq: (at = state.cursor) });
      } else {
        state = reduce(state, frames[at]);
        at = Math.min(at + 1, frames.length - 1);
      }
    }
    assert.deepEqual(state, after(frames), `seed ${seed}`);
  }
});

test("frames of any shape and order never throw", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = seeded(seed);
    const kinds = [
      ...turn(1, ["x"]), ...turn(2, ["y"]), { type: "turn_restarted", turn_id: "t_2", attempt: 2 },
      { type: "turn_failed", turn_id: "t_1", code: "x", retryable: false }, { type: "later_version", a: 1 },
      { type: "safety", turn_id: "t_3", resources: [] }, { type: "notice", text: "n" },
      edited("m_5", "m_1", "t_5"), edited("m_6", "m_5", "t_6"), begun("t_7", ["m_1", "m_5"], { supersedes: "t_1" }),
      begun("t_2", ["m_2"], { supersedes: "t_7" }), { type: "feedback", turn_id: "t_1", rating: 1 },
      { type: "read", message_id: "a_1", unread: 0 },
    ];
    let state = started();
    for (let step = 1; step <= 40; step += 1) {
      const frame = kinds[Math.floor(random() * kinds.length)];
      state = reduce(state, { session_id: "s_1", at: AT, seq: step, ...frame });
      assert.equal(state.cursor, step);
    }
  }
});
