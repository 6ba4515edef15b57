// A session as its log tells it: frames in, a new state out. No clock, no network, no DOM.
//
// state: { id, epoch, cursor, loaded, awaiting, gap, info, notice, unread, turns, gone, aside, torn }
//        unread: how many answers; turns: as in turns.js; gone: ids of turns that left the view and
//        whose frames change nothing; aside: messages that left it, for a turn that names them; torn: only a
//        snapshot can tell what is shown

import {
  answering, changed, gather, newAnswer, shows, turnsOf, withMessage, withoutMessage, withoutTurn,
} from "./turns.js";

/** Return what is known of a session before its first frame. */
export function emptySession(id) {
  return {
    id, epoch: null, cursor: 0, loaded: false, awaiting: false, gap: false,
    info: null, notice: "", unread: 0, turns: [], gone: [], aside: [], torn: false,
  };
}

/** Return the state after a frame; the same object when the frame changes nothing. */
export function reduce(state, frame) {
  if (frame.type === "attached") return attached(state, frame);
  if (frame.type === "snapshot") return snapshot(state, frame);
  return Number.isInteger(frame.seq) ? logged(state, frame) : state;
}

/** Return the state with older messages put before what is known. */
export function withOlder(state, messages) {
  const known = new Set(state.turns.map((turn) => turn.id));
  const turns = turnsOf(messages);
  const upTo = turns.findIndex((turn) => known.has(turn.id));
  const older = upTo < 0 ? turns : turns.slice(0, upTo);
  return older.length ? { ...state, turns: [...older, ...state.turns] } : state;
}

/** Return the turn that is being answered, or undefined. */
export function runningTurn(state) {
  return state.turns.find((turn) => turn.status === "running");
}

function attached(state, frame) {
  if (!frame.recovered) return { ...state, epoch: frame.epoch, awaiting: true, gap: false };
  if (state.loaded && frame.epoch === state.epoch) {
    return state.gap || state.awaiting ? { ...state, gap: false, awaiting: false } : state;
  }
  return {
    ...emptySession(state.id), info: state.info,
    epoch: frame.epoch, cursor: frame.seq, loaded: true,
  };
}

function snapshot(state, frame) {
  const known = {
    ...emptySession(state.id), turns: turnsOf(frame.messages), info: frame.session,
    notice: frame.session.notice ?? "", unread: frame.session.unread ?? 0, epoch: frame.epoch, cursor: frame.seq, loaded: true,
  };
  const running = frame.running_turn;
  if (!running) return known;
  const { message_id: id, text, persona = null, choices = [], resonance_key: key = "" } = running;
  const answer = { ...newAnswer(id), text, persona, choices, resonanceKey: key };
  const begun = started(known, running);
  return {
    ...begun,
    turns: changed(begun.turns, running.turn_id, () => ({ answer: text || persona ? answer : null })),
  };
}

function logged(state, frame) {
  if (state.awaiting || !state.loaded || frame.seq <= state.cursor) return state;
  if (frame.seq > state.cursor + 1) return state.gap ? state : { ...state, gap: true };
  const left = state.gone.includes(frame.turn_id) && frame.type !== "turn_started";
  const known = Object.hasOwn(LOG, frame.type) && !left;
  const change = known ? LOG[frame.type](state, frame) : {};
  return { ...state, gap: false, ...change, cursor: frame.seq };
}

const LOG = {
  message: (state, { message }) => {
    if (shows(state.turns, message.id)) return {};
    const known = !message.supersedes || state.gone.includes(message.turn_id);
    const rest = known ? state : withoutMessage(state, message);
    if (rest.gone.includes(message.turn_id)) return { ...rest, aside: [...rest.aside, message] };
    return { ...rest, turns: withMessage(rest.turns, message) };
  },
  turn_started: (state, frame) => started(state, frame),
  routed: (state, frame) => ({
    turns: answering(state.turns, frame, {
      persona: frame.persona, choices: frame.choices, override: frame.override,
      resonanceKey: frame.resonance_key, confidence: frame.resonance_confidence,
    }),
  }),
  delta: (state, frame) => ({
    turns: changed(state.turns, frame.turn_id, ({ answer }) => {
      const before = answer ?? newAnswer(frame.message_id);
      const text = before.text + frame.text;
      return { status: "running", answer: { ...before, id: frame.message_id, text } };
    }),
  }),
  turn_restarted: (state, frame) => ({
    turns: changed(state.turns, frame.turn_id, ({ answer }) => ({
      status: "running", attempt: frame.attempt, answer: answer && { ...answer, text: "" },
    })),
  }),
  safety: (state, frame) => ({
    turns: answering(state.turns, frame, { resources: frame.resources }),
  }),
  turn_done: (state, frame) => ({
    turns: changed(
      answering(state.turns, frame, {
        id: frame.message_id, persona: frame.persona, text: frame.text, model: frame.model,
        finishReason: frame.finish_reason, createdAt: frame.at, memories: frame.memories_used ?? [],
      }),
      frame.turn_id, () => ({ status: "done", failure: null }),
    ),
    unread: state.unread + (frame.text ? 1 : 0),
  }),
  turn_failed: (state, frame) => ({
    turns: changed(state.turns, frame.turn_id, () => ({
      status: "failed", answer: null, failure: { code: frame.code, retryable: frame.retryable },
    })),
  }),
  feedback: (state, { turn_id: id, rating }) => ({
    turns: state.turns.map((turn) => (
      turn.id === id && turn.answer ? { ...turn, answer: { ...turn.answer, rating } } : turn)),
  }),
  memory_saved: (state, { turn_id: id, memory_id: memory, text }) => ({
    turns: state.turns.map((turn) => (
      turn.id === id ? { ...turn, saved: { ...turn.saved, [memory]: text } } : turn)),
  }),
  read: (_, { unread }) => ({ unread }),
  session_updated: (_, { session }) => ({ info: session, unread: session.unread ?? 0 }),
  notice: (_, { text }) => ({ notice: text }),
};

/** A turn begins, maybe anew with messages that joined it, maybe in the place of another. */
function started(state, { turn_id: id, message_ids: messageIds, supersedes, attempt }) {
  const rest = supersedes ? withoutTurn(state, supersedes, id, messageIds) : state;
  if (rest.gone.includes(id)) return rest;
  const gathered = gather(rest.turns, id, messageIds, rest.aside);
  return {
    ...rest,
    turns: changed(gathered, id, ({ answer }) => ({
      status: "running", attempt, failure: null, answer: answer && { ...answer, text: "" },
    })),
  };
}
