import assert from "node:assert/strict";
import { test } from "node:test";

import { Chat } from "../../app/console/core/chat.js";
import { Outbox } from "../../app/console/core/outbox.js";
import { jsonStorage } from "../../app/console/core/storage.js";
import { AT, FakeStorage, FakeTime, log, message, settle, turn } from "./helpers.mjs";

class FakeApi {
  failing = false;
  calls = [];
  pages = [{ sessions: [], next: null }];
  histories = [];

  #answer(name, args, value) {
    this.calls.push([name, ...args]);
    return this.failing ? Promise.reject(Object.assign(new Error(name), { status: this.failing })) : Promise.resolve(value);
  }

  sessions(options) { return this.#answer("sessions", [options], this.pages.length > 1 ? this.pages.shift() : this.pages[0]); }
  updateSession(id, changes) { return this.#answer("update", [id, changes], { id, title: "t", ...changes }); }
  deleteSession(id) { return this.#answer("delete", [id], null); }
  createPrivate() { return this.#answer("private", [], { id: "s_p", title: "", private: !this.old }); }
  messages(id, options) { return this.#answer("messages", [id, options], this.histories.shift()); }
}

function setUp({ backing = new FakeStorage() } = {}) {
  const time = new FakeTime();
  const storage = jsonStorage(backing);
  const outbox = new Outbox({ storage, now: () => time.now });
  const api = new FakeApi();
  const chat = new Chat({
    outbox, api, storage, timers: time, now: () => time.now, random: () => 0.5, changed: () => {},
  });
  const sent = [];
  chat.connection = {
    status: "waiting", resets: 0,
    send(frame) { if (this.status === "open") sent.push(frame); return this.status === "open"; },
    reset() { this.resets += 1; },
  };
  const line = (open) => {
    if (open) chat.attachPoints();
    chat.connection.status = open ? "open" : "waiting";
    chat.connected(open);
  };
  const hear = (...frames) => frames.forEach((frame) => chat.received(frame));
  return { time, storage, outbox, api, chat, sent, line, hear, backing };
}

const attached = (id = "s_1", epoch = "e1", seq = 0) => ({ type: "attached", session_id: id, epoch, seq, recovered: true });
const ack = (id, session = "s_1", duplicate = false) => ({ type: "ack", client_msg_id: id, session_id: session, turn_id: "t", message_id: "m", duplicate });
const sends = (sent) => sent.filter((frame) => frame.type === "send");

function asked(frame, number) {
  const [first] = turn(number, [], { client_msg_id: frame.client_msg_id, text: frame.text });
  return first;
}

test("a first message makes a conversation, and those written meanwhile follow it there", () => {
  const { chat, sent, line, hear, storage } = setUp();
  chat.openNew();
  const local = chat.current;
  chat.say(" hello ");
  chat.say("and more");
  assert.deepEqual(sent, []);
  assert.equal(chat.localSessions[0].title, "hello");
  line(true);
  assert.deepEqual(sends(sent).map((frame) => [frame.text, frame.session_id]), [["hello", undefined]]);
  storage.set(`ion.draft.${local}`, "draft");
  hear(attached(), ack(sent[0].client_msg_id));
  assert.equal(chat.current, "s_1");
  assert.equal(storage.get("ion.draft.s_1"), "draft");
  assert.deepEqual([local, "s_2"].map((key) => chat.placeOf(key)), ["s_1", "s_2"]);
  chat.openNew();
  assert.notEqual(chat.current, local);
  chat.open("s_1");
  assert.deepEqual(sends(sent).slice(1).map((frame) => [frame.text, frame.session_id]), [["and more", "s_1"]]);
  hear(...log([asked(sent[0], 1), asked(sent[1], 2)]));
  assert.deepEqual([chat.unconfirmed, chat.state.turns.length, chat.localSessions], [[], 2, []]);
});

test("an acked message is shown until the log shows it", () => {
  const { chat, sent, line, hear } = setUp();
  chat.openNew();
  line(true);
  chat.say("hello");
  hear(attached(), ack(sent[0].client_msg_id));
  assert.deepEqual(chat.unconfirmed.map((entry) => entry.status), ["sent"]);
  hear(...log([asked(sent[0], 1)]));
  assert.deepEqual(chat.unconfirmed, []);
});

test("a message that the log shows before its ack is not sent again", () => {
  const { chat, sent, line, hear } = setUp();
  chat.open("s_1");
  line(true);
  hear(attached());
  chat.say("hello");
  line(false);
  hear(...log([asked(sends(sent)[0], 1)]));
  line(true);
  assert.equal(sends(sent).length, 1);
});

test("after a lost connection the same message is sent with the same id", () => {
  const { chat, sent, line } = setUp();
  chat.openNew();
  line(true);
  chat.say("hello");
  line(false);
  line(true);
  const ids = sends(sent).map((frame) => frame.client_msg_id);
  assert.deepEqual([ids.length, new Set(ids).size], [2, 1]);
});

test("a first send that was a repetition is followed by a look at the whole conversation", () => {
  const { chat, sent, line, hear } = setUp();
  chat.openNew();
  chat.say("hello");
  line(true);
  hear(attached("s_1", "e2"), ack(sends(sent)[0].client_msg_id, "s_1", true));
  assert.deepEqual(sent.at(-1), { type: "attach", session_id: "s_1" });
});

test("what hello asks for is to read on where each conversation was left", () => {
  const { chat, line, hear } = setUp();
  chat.open("s_1");
  chat.open("s_2");
  line(true);
  hear(attached("s_1"), ...log(turn(1, ["a"])));
  assert.deepEqual(chat.attachPoints(), [{ session_id: "s_1", epoch: "e1", after: 5 }, { session_id: "s_2" }]);
  hear({ ...attached("s_1", "e2"), recovered: false });
  assert.deepEqual(chat.attachPoints()[0], { session_id: "s_1" });
});

test("a socket reads eight conversations, the last ones opened", () => {
  const { chat, sent, line } = setUp();
  line(true);
  for (let n = 1; n <= 10; n += 1) chat.open(`s_${n}`);
  chat.open("s_5");
  assert.equal(chat.attachPoints().length, 8);
  assert.equal(chat.attachPoints()[0].session_id, "s_5");
  assert.deepEqual(sent.filter((frame) => frame.type === "detach").map((frame) => frame.session_id), ["s_1", "s_2"]);
  assert.equal(sent.filter((frame) => frame.type === "attach").length, 10);
});

test("a gap in the frames is asked for again, once", () => {
  const { chat, sent, line, hear } = setUp();
  chat.open("s_1");
  line(true);
  const frames = log(turn(1, ["a", "b"]));
  hear(attached(), frames[0], frames[3], frames[4]);
  assert.deepEqual(sent, [{ type: "attach", session_id: "s_1", epoch: "e1", after: 1 }]);
});

test("a refused message waits as long as it is told, and then goes again", async () => {
  const { chat, sent, line, hear, time } = setUp();
  chat.open("s_1");
  line(true);
  chat.say("hello");
  const { client_msg_id: ref } = sends(sent)[0];
  hear({ type: "error", code: "rate_limited", message: "", retryable: true, retry_after_ms: 4_000, ref });
  await time.pass(3_999);
  assert.equal(sends(sent).length, 1);
  await time.pass(1);
  assert.equal(sends(sent).length, 2);
});

test("a message that would wait for hours is left to the person", async () => {
  const { chat, sent, line, hear, time } = setUp();
  chat.open("s_1");
  line(true);
  chat.say("hello");
  const { client_msg_id: ref } = sends(sent)[0];
  hear({ type: "error", code: "quota_exceeded", message: "", retryable: true, retry_after_ms: 7_200_000, ref });
  assert.deepEqual(chat.unconfirmed.map((entry) => [entry.status, entry.error]), [["failed", "quota_exceeded"]]);
  await time.pass(7_200_000);
  assert.equal(sends(sent).length, 1);
  chat.retry(ref);
  assert.equal(sends(sent).length, 2);
});

test("a message refused for good can be tried again or taken back", () => {
  const { chat, sent, line, hear } = setUp();
  chat.open("s_1");
  line(true);
  chat.say("hello");
  const refusal = { type: "error", code: "text_too_long", message: "", retryable: false, ref: sends(sent)[0].client_msg_id };
  hear(refusal);
  assert.deepEqual(chat.unconfirmed.map((entry) => [entry.status, entry.error]), [["failed", "text_too_long"]]);
  chat.retry(refusal.ref);
  assert.equal(sends(sent).length, 2);
  hear(refusal);
  assert.equal(chat.discard(refusal.ref).text, "hello");
  assert.deepEqual([chat.unconfirmed, chat.discard("unknown")], [[], null]);
});

test("a socket that confirms nothing is replaced", async () => {
  const { chat, line, time } = setUp();
  chat.open("s_1");
  line(true);
  chat.say("hello");
  await time.pass(19_999);
  assert.equal(chat.connection.resets, 0);
  await time.pass(1);
  assert.equal(chat.connection.resets, 1);
});

test("when a conversation is gone, words not yet sent are kept where they can be seen", async () => {
  const { chat, api, line, hear } = setUp();
  chat.open("s_1");
  api.pages = [{ sessions: [{ id: "s_1" }], next: null }];
  await chat.shelf.refresh();
  chat.say("unsent");
  line(true);
  hear({ type: "error", code: "gone", message: "", retryable: false, ref: "s_1" });
  assert.match(chat.current, /^new:/);
  assert.deepEqual(chat.unconfirmed.map((entry) => [entry.text, entry.status, entry.error]), [["unsent", "failed", "gone"]]);
  assert.deepEqual([chat.shelf.sessions, chat.attachPoints()], [[], []]);
});

test("a conversation gone elsewhere leaves the open one alone; other errors change nothing", () => {
  const { chat, hear } = setUp();
  chat.open("s_2");
  chat.open("s_1");
  hear({ type: "error", code: "not_found", retryable: false, ref: "s_2" }, { type: "error", code: "bad_frame", retryable: false });
  hear({ type: "pong" }, { type: "later", session_id: "s_1" });
  assert.deepEqual([chat.current, chat.attachPoints()], ["s_1", [{ session_id: "s_1" }]]);
});

test("deleting takes the unsent messages along, also of a conversation nobody heard of", async () => {
  const { chat, api, outbox } = setUp();
  chat.open("s_1");
  chat.say("unsent");
  await chat.remove("s_1");
  chat.say("local");
  const local = chat.current;
  await chat.remove(local);
  assert.deepEqual([outbox.entries, api.calls], [[], [["delete", "s_1"]]]);
  api.failing = 404;
  await chat.remove("s_9");
  api.failing = 500;
  await assert.rejects(chat.remove("s_8"));
});

test("a new conversation is the same one until something is said in it", () => {
  const { chat } = setUp();
  chat.openNew();
  const first = chat.current;
  chat.open("s_1");
  chat.openNew();
  assert.equal(chat.current, first);
  chat.say("something");
  chat.openNew();
  assert.notEqual(chat.current, first);
});

test("a choice goes with each message until the server keeps it", async () => {
  const { chat, api, sent, line, hear } = setUp();
  api.failing = 503;
  chat.openNew();
  line(true);
  await chat.choose("elro");
  chat.say("one");
  hear(attached(), ack(sent[0].client_msg_id));
  await settle();
  chat.say("two");
  assert.deepEqual(sends(sent).map((frame) => frame.persona), ["elro", "elro"]);
  api.failing = false;
  await chat.choose(null);
  hear({ type: "snapshot", session: { id: "s_1", persona: null }, messages: [], epoch: "e1", seq: 0 });
  assert.equal(chat.persona, null);
  assert.deepEqual(api.calls.filter(([name]) => name === "update").map(([, , changes]) => changes.persona), ["elro", null]);
});

test("stop names the running turn, and without one says nothing", () => {
  const { chat, sent, line, hear } = setUp();
  chat.open("s_1");
  line(true);
  chat.stop();
  hear(attached(), ...log(turn(1, ["a"]).slice(0, 4)));
  chat.stop();
  assert.deepEqual(sent, [{ type: "stop", session_id: "s_1", turn_id: "t_1" }]);
});

const failed = (number) => [
  ...turn(number, []).slice(0, 2),
  { type: "turn_failed", turn_id: `t_${number}`, code: "internal", message: "", retryable: true },
];
const again = (sent) => sent.filter((frame) => frame.type === "regenerate");

test("asking again answers the last turn in its place, and says an earlier one anew below", () => {
  const { chat, sent, line, hear } = setUp();
  chat.open("s_1");
  line(true);
  hear(attached(), ...log([...failed(1), ...failed(2)]));
  chat.askAgain("t_9");
  chat.askAgain("t_1");
  assert.deepEqual(sends(sent).map((frame) => frame.text), ["question 1"]);
  hear(ack(sends(sent)[0].client_msg_id));
  chat.askAgain("t_2");
  assert.deepEqual(again(sent).map((frame) => [frame.session_id, frame.turn_id]), [["s_1", "t_2"]]);
  assert.equal(sends(sent).length, 1);
});

test("an answer asked for again offline is asked for once, and waits until its turn begins", () => {
  const { chat, sent, line, hear, backing } = setUp();
  chat.open("s_1");
  line(true);
  hear(attached(), ...log(turn(1, ["a"])));
  line(false);
  chat.again("t_1");
  chat.again("t_1");
  const next = setUp({ backing });
  assert.equal(next.outbox.entries[0].kind, "regenerate");
  line(true);
  line(false);
  line(true);
  assert.deepEqual(again(sent).map((frame) => frame.client_msg_id), Array(2).fill(again(sent)[0].client_msg_id));
  hear({ ...ack(again(sent)[0].client_msg_id, "s_1", true), turn_id: "t_2" });
  assert.deepEqual(chat.unconfirmed.map((entry) => entry.status), ["sent"]);
  hear(...log([{ type: "turn_started", turn_id: "t_2", message_ids: ["m_1"], attempt: 1, supersedes: "t_1" }], { after: 5 }));
  assert.deepEqual([chat.unconfirmed, chat.state.turns.map((each) => each.id)], [[], ["t_2"]]);
});

test("an edit keeps its place in the queue and its id, and is shown until the log shows it", () => {
  const { chat, sent, line, hear } = setUp();
  chat.open("s_1");
  line(true);
  hear(attached(), ...log(turn(1, ["a"])));
  line(false);
  const id = chat.edit("m_1", " better ");
  chat.say("and then");
  line(true);
  const { type, session_id: session, message_id: about, text, client_msg_id: own } = sent.at(-1);
  assert.deepEqual([type, session, about, text, own], ["edit", "s_1", "m_1", "better", id]);
  hear({ ...ack(id), turn_id: "t_2" });
  assert.deepEqual(chat.unconfirmed.map((entry) => entry.status), ["sent", "pending"]);
  const edited = message("m_2", "better", { turn_id: "t_2", client_msg_id: id, supersedes: "m_1" });
  hear(...log([{ type: "message", message: edited }], { after: 5 }));
  assert.deepEqual(chat.unconfirmed.map((entry) => entry.text), ["and then"]);
  assert.deepEqual(sends(sent).map((frame) => frame.text), ["and then"]);
});

test("an edit refused for good gives its words back", () => {
  const { chat, sent, line, hear } = setUp();
  chat.open("s_1");
  line(true);
  hear(attached(), ...log(turn(1, ["a"])));
  const id = chat.edit("m_1", "better");
  hear({ type: "error", code: "not_found", message: "", retryable: false, ref: id });
  assert.deepEqual(chat.unconfirmed.map((entry) => [entry.status, entry.error]), [["failed", "not_found"]]);
  assert.equal(chat.state.turns.length, 1);
  const { kind, about, text } = chat.discard(id);
  assert.deepEqual([kind, about, text, sent.length], ["edit", "m_1", "better", 1]);
});

test("when a conversation is gone, an edit becomes words not yet sent, and an answer stays behind", () => {
  const { chat, hear } = setUp();
  chat.open("s_1");
  chat.edit("m_1", "better");
  chat.again("t_2");
  hear({ type: "error", code: "gone", message: "", retryable: false, ref: "s_1" });
  assert.deepEqual(chat.unconfirmed.map((entry) => [entry.kind, entry.text, entry.error]), [["send", "better", "gone"]]);
});

test("messages that became one turn are all confirmed by it", () => {
  const { chat, sent, line, hear } = setUp();
  chat.open("s_1");
  line(true);
  hear(attached());
  chat.say("one");
  chat.say("two");
  hear(ack(sends(sent)[0].client_msg_id));
  hear(ack(sends(sent)[1].client_msg_id));
  const said = sends(sent).map((frame, at) => ({
    type: "message", message: message(`m_${at}`, frame.text, { turn_id: "t", client_msg_id: frame.client_msg_id }),
  }));
  hear(...log([...said, { type: "turn_started", turn_id: "t", message_ids: ["m_0", "m_1"], attempt: 1 }]));
  assert.deepEqual([chat.unconfirmed, chat.state.turns.length, chat.state.turns[0].messages.length], [[], 1, 2]);
});

test("a view that only a snapshot can mend asks for one", () => {
  const { chat, sent, line, hear } = setUp();
  chat.open("s_1");
  line(true);
  const edited = message("m_3", "better", { turn_id: "t_3", supersedes: "m_1" });
  const late = { type: "turn_started", turn_id: "t_5", message_ids: ["m_2"], attempt: 1, supersedes: "t_2" };
  hear(attached(), ...log([...turn(1, ["a"]), ...turn(2, ["b"]), { type: "message", message: edited }, late, { ...late, turn_id: "t_6" }]));
  assert.deepEqual(sent.filter((frame) => frame.type === "attach"), [{ type: "attach", session_id: "s_1" }]);
});

test("another branch is asked for by a turn that is on it", async () => {
  const { chat, api } = setUp();
  chat.open("s_1");
  await chat.branch("t_1");
  assert.deepEqual(api.calls, [["update", "s_1", { branch: "t_1" }]]);
  api.failing = 409;
  await assert.rejects(chat.branch("t_2"));
});

const reads = (sent) => sent.filter((frame) => frame.type === "read").map((frame) => frame.message_id);

test("an answer that was seen is told of once, also when the line was down, and others are not", () => {
  const { chat, sent, line, hear } = setUp();
  chat.open("s_1");
  line(true);
  hear(attached(), ...log([...turn(1, ["a"]), ...turn(2, ["b"])]));
  line(false);
  chat.saw("a_2");
  chat.saw("a_1");
  assert.deepEqual(reads(sent), []);
  line(true);
  chat.saw("a_2");
  assert.deepEqual(reads(sent), ["a_2"]);
  hear(...log([{ type: "read", message_id: "a_2", unread: 0 }], { after: 10 }));
  line(false);
  line(true);
  assert.deepEqual(reads(sent), ["a_2"]);
});

test("what was read before is not told again", () => {
  const { chat, sent, line, hear } = setUp();
  chat.open("s_1");
  line(true);
  const answer = { turn_id: "t_1", persona: "lua" };
  hear({
    type: "snapshot", session: { id: "s_1", unread: 0 }, epoch: "e1", seq: 3,
    messages: [message("m_1", "q", { turn_id: "t_1" }), { id: "a_1", role: "assistant", text: "A", created_at: AT, answered: answer }],
  });
  chat.saw("a_1");
  assert.deepEqual(reads(sent), []);
});

test("unread answers are counted as the server counts them, less those seen here", async () => {
  const { chat, api, line, hear } = setUp();
  api.pages = [{ sessions: [{ id: "s_1", unread: 0 }, { id: "s_2", unread: 3 }], next: null }];
  await chat.shelf.refresh();
  chat.open("s_1");
  line(true);
  const counts = () => chat.shelf.sessions.map((session) => chat.unread(session));
  hear(attached(), ...log([...turn(1, ["a"]), ...turn(2, ["b"]), ...turn(3, [])]));
  assert.deepEqual(counts(), [2, 3]);
  chat.saw("a_1");
  assert.deepEqual(counts(), [1, 3]);
  hear(...log([{ type: "read", message_id: "a_2", unread: 0 }], { after: 14 }));
  assert.deepEqual(counts(), [0, 3]);
});

test("what came in a conversation that is not read any more is unread, whatever was seen before", async () => {
  const { chat, api, line, hear } = setUp();
  chat.open("s_1");
  line(true);
  hear(attached(), ...log(turn(1, ["a"])));
  chat.saw("a_1");
  for (let n = 2; n <= 9; n += 1) chat.open(`s_${n}`);
  api.pages = [{ sessions: [{ id: "s_1", unread: 1 }], next: null }];
  await chat.shelf.refresh();
  assert.equal(chat.unread(chat.shelf.sessions[0]), 1);
});

test("a rating holds at once, waits for the line, and can be taken back from elsewhere", () => {
  const { chat, sent, line, hear } = setUp();
  chat.open("s_1");
  line(true);
  hear(attached(), ...log(turn(1, ["a"])));
  line(false);
  chat.rate("t_1", 1);
  chat.rate("t_1", -1);
  const rating = () => chat.marks.ratingOf(chat.state.turns[0]);
  assert.equal(rating(), -1);
  line(true);
  assert.deepEqual(sent.at(-1), { type: "feedback", session_id: "s_1", turn_id: "t_1", rating: -1 });
  hear(...log([{ type: "feedback", turn_id: "t_1", rating: -1 }, { type: "feedback", turn_id: "t_1", rating: 0 }], { after: 5 }));
  assert.equal(rating(), 0);
});

test("writing is told of at the first key and then every 3 s, and that it was given up", async () => {
  const { chat, sent, line, time } = setUp();
  const typed = () => sent.splice(0).filter((frame) => frame.type === "typing").map((frame) => frame.active);
  chat.openNew();
  chat.typing("nobody can know of this conversation");
  chat.open("s_1");
  chat.typing("offline");
  line(true);
  assert.deepEqual(typed(), []);
  for (const text of ["a", "ab", "abc"]) {
    chat.typing(text);
    await time.pass(1_000);
  }
  assert.deepEqual(typed(), [true]);
  chat.typing("abcd");
  chat.typing("");
  chat.typing("");
  assert.deepEqual(typed(), [true, false]);
  chat.typing("again");
  chat.say("again");
  chat.typing("more");
  assert.deepEqual(typed(), [true, true]);
  chat.open("s_2");
  chat.typing("elsewhere");
  assert.deepEqual(typed(), [true]);
});

test("the list is fetched, continued, renamed, and survives an unreachable server", async () => {
  const { chat, api, time, line, hear } = setUp();
  const listed = (...numbers) => numbers.map((number) => ({ id: `s_${number}`, updated_at: "2026-01-01T00:00:00Z" }));
  api.pages = [{ sessions: listed(3, 2), next: "n" }, { sessions: listed(1), next: null }, { sessions: listed(4, 3), next: "m" }];
  await chat.shelf.refresh();
  await chat.shelf.more();
  await chat.shelf.refresh();
  assert.deepEqual(chat.shelf.sessions.map((each) => each.id), ["s_4", "s_3", "s_2", "s_1"]);
  assert.equal(chat.shelf.nextPage, null);
  chat.shelf.clear();
  api.pages = [{ sessions: listed(2), next: "n" }, { sessions: listed(2, 1), next: null }];
  await chat.shelf.refresh();
  await chat.shelf.more();
  assert.deepEqual([chat.shelf.sessions.map((each) => each.id), chat.shelf.nextPage, chat.shelf.listed], [["s_2", "s_1"], null, true]);
  await chat.rename("s_1", "new");
  assert.equal(chat.shelf.sessions[1].title, "new");
  api.failing = 503;
  await chat.shelf.refresh();
  assert.equal(chat.shelf.sessions.length, 2);
  api.failing = false;
  line(true);
  chat.open("s_3");
  hear(attached("s_3"), ...log([{ type: "session_updated", session: { id: "s_3", title: "x" } }, ...turn(1, ["a"])], { session: "s_3" }));
  assert.equal(chat.shelf.sessions[0].title, "x");
  const before = api.calls.length;
  await time.pass(400);
  assert.equal(api.calls.length, before + 1);
});

test("a list that could not be had is asked for again while the line is open", async () => {
  const { chat, api, line, time } = setUp();
  api.pages = [{ sessions: [{ id: "s_1" }], next: null }];
  api.failing = 503;
  line(true);
  await time.pass(1_000);
  assert.deepEqual([chat.shelf.listed, api.calls.length], [false, 1]);
  api.failing = false;
  await time.pass(15_000);
  assert.deepEqual([chat.shelf.listed, api.calls.length], [true, 2]);
  await time.pass(60_000);
  assert.equal(api.calls.length, 2);
});

test("a list that was asked for by somebody else is not shown to who is here now", async () => {
  const { chat, api } = setUp();
  api.pages = [{ sessions: [{ id: "s_1" }], next: "n" }];
  const asked = chat.shelf.refresh();
  chat.newUser();
  await asked;
  assert.deepEqual([chat.shelf.sessions, chat.shelf.nextPage], [[], null]);
  await chat.shelf.refresh();
  const more = chat.shelf.more();
  chat.newUser();
  await more;
  assert.deepEqual([chat.shelf.sessions, chat.shelf.nextPage], [[], null]);
});

test("older messages are fetched page by page, and a failure can be repeated", async () => {
  const { chat, api, hear } = setUp();
  chat.open("s_1");
  const messages = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => message(`m_${from + at}`, "q", { turn_id: `t_${from + at}` }));
  hear({ type: "snapshot", session: { id: "s_1" }, messages: messages(101, 150), epoch: "e", seq: 1 });
  assert.equal(chat.hasOlder, true);
  api.failing = 503;
  const loading = chat.loadOlder();
  assert.equal(chat.hasOlder, null);
  await loading;
  assert.equal(chat.hasOlder, true);
  api.failing = false;
  api.histories = [{ messages: messages(102, 151), before: "102" }, { messages: messages(52, 101), before: "52" }, { messages: messages(2, 51), before: null }];
  await chat.loadOlder();
  await chat.loadOlder();
  assert.deepEqual([chat.state.turns.length, chat.hasOlder], [149, false]);
  assert.deepEqual(chat.state.turns.map((each) => Number(each.id.slice(2))), Array.from({ length: 149 }, (_, at) => at + 2));
  assert.deepEqual(api.calls.slice(1).map(([, , options]) => options.before ?? null), [null, "102", "52"]);
});

test("a conversation that only just fills its first page has nothing older", async () => {
  const { chat, api, hear } = setUp();
  chat.open("s_1");
  const messages = Array.from({ length: 50 }, (_, at) => message(`m_${at}`, "q", { turn_id: `t_${at}` }));
  hear({ type: "snapshot", session: { id: "s_1" }, messages, epoch: "e", seq: 1 });
  api.histories = [{ messages, before: null }];
  await chat.loadOlder();
  assert.equal(chat.hasOlder, false);
});

test("somebody else's page keeps the words that were not sent", () => {
  const { chat, line, sent } = setUp();
  chat.open("s_1");
  chat.say("unsent");
  chat.newUser();
  assert.deepEqual(chat.attachPoints(), []);
  line(true);
  assert.deepEqual(sends(sent).map((frame) => [frame.text, frame.session_id]), [["unsent", undefined]]);
  const other = setUp();
  other.chat.open("s_1");
  other.chat.newUser();
  assert.match(other.chat.current, /^new:/);
});

test("unsent messages of a closed page are sent by the next one", () => {
  const first = setUp();
  first.chat.openNew();
  first.chat.say("written in a tunnel");
  const next = setUp({ backing: first.backing });
  assert.equal(next.chat.localSessions[0].updated_at, new Date(1_000_000).toISOString());
  next.chat.open(next.chat.localSessions[0].id);
  next.line(true);
  assert.equal(sends(next.sent)[0].text, "written in a tunnel");
  assert.ok(AT);
});

test("what was confirmed for somebody else does not stand among the words of who is here now", () => {
  const { chat, sent, line, hear } = setUp();
  chat.open("s_1");
  line(true);
  hear(attached());
  chat.say("confirmed");
  chat.say("unsent");
  hear(ack(sends(sent)[0].client_msg_id));
  chat.newUser();
  assert.deepEqual(chat.unconfirmed.map((entry) => [entry.text, entry.status]), [["unsent", "pending"]]);
});

test("a confirmed message that a snapshot does not show is in no view any more", () => {
  const { chat, sent, line, hear } = setUp();
  chat.open("s_1");
  line(true);
  hear(attached());
  chat.say("left behind by an edit elsewhere");
  hear(ack(sends(sent)[0].client_msg_id));
  chat.say("unsent");
  hear({ type: "snapshot", session: { id: "s_1" }, messages: [message("m_9", "edited", { turn_id: "t_9" })], epoch: "e2", seq: 9 });
  assert.deepEqual(chat.unconfirmed.map((entry) => entry.text), ["unsent"]);
});

test("a conversation opened after hello was said is asked for once the line is open", () => {
  const { chat, sent } = setUp();
  chat.open("s_1");
  assert.deepEqual(chat.attachPoints(), [{ session_id: "s_1" }]);
  chat.open("s_2");
  chat.connection.status = "open";
  chat.connected(true);
  assert.deepEqual(sent, [{ type: "attach", session_id: "s_2" }]);
});

test("a conversation that can't be told of now is asked for again, as soon as may be", async () => {
  const { chat, sent, line, hear, time } = setUp();
  const busy = { type: "error", code: "overloaded", message: "", retryable: true, ref: "s_1" };
  chat.open("s_1");
  line(true);
  // who types meanwhile is told the same
  hear(busy, busy, busy);
  await time.pass(2_000);
  assert.deepEqual(sent, [{ type: "attach", session_id: "s_1" }]);
  hear({ ...busy, retry_after_ms: 9_000 });
  await time.pass(8_999);
  assert.equal(sent.length, 1);
  await time.pass(1);
  assert.equal(sent.length, 2);
  hear(attached(), busy);
  await time.pass(60_000);
  assert.equal(sent.length, 2);
});

test("what is not found in a conversation that is read does not end it", () => {
  const { chat, line, hear } = setUp();
  chat.open("s_1");
  line(true);
  hear(attached(), ...log(turn(1, ["a"])));
  chat.rate("t_1", 1);
  hear({ type: "error", code: "not_found", message: "there is no such turn", retryable: false, ref: "s_1" });
  assert.deepEqual([chat.current, chat.state.turns.length], ["s_1", 1]);
});

test("a private conversation is made by the server, which must know of such", async () => {
  const { chat, api, line, sent } = setUp();
  line(true);
  await chat.openPrivate();
  assert.deepEqual([chat.current, chat.isPrivate], ["s_p", true]);
  assert.deepEqual(sent.at(-1), { type: "attach", session_id: "s_p" });
  chat.openNew();
  assert.equal(chat.isPrivate, false);
  api.old = true;
  await assert.rejects(chat.openPrivate());
  assert.deepEqual(api.calls.at(-1), ["delete", "s_p"]);
  assert.notEqual(chat.current, "s_p");
});
