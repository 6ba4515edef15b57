// A session as its log tells it: frames in, a new state out. No clock, no network, no DOM.
//
// state: { id, epoch, cursor, loaded, awaiting, gap, info, notice, turns }
// turn:  { id, messages, answer, status, attempt, failure }
//        status: "waiting" | "running" | "done" | "failed"

/** Return what is known of a session before its first frame. */
export function emptySession(id) {
  return {
    id, epoch: null, cursor: 0, loaded: false, awaiting: false, gap: false,
    info: null, notice: "", turns: [],
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
  const turns = turnsOf(frame.messages);
  const next = {
    ...state, turns, info: frame.session, notice: frame.session.notice ?? "",
    epoch: frame.epoch, cursor: frame.seq, loaded: true, awaiting: false, gap: false,
  };
  const running = frame.running_turn;
  if (!running) return next;
  const { message_id: id, text, persona = null, choices = [], resonance_key: key = "" } = running;
  const gathered = gather(turns, running.turn_id, running.message_ids);
  const answer = { ...newAnswer(id), text, persona, choices, resonanceKey: key };
  return {
    ...next,
    turns: changed(gathered, running.turn_id, () => ({
      status: "running", attempt: running.attempt, failure: null,
      answer: text || persona ? answer : null,
    })),
  };
}

function logged(state, frame) {
  if (state.awaiting || !state.loaded || frame.seq <= state.cursor) return state;
  if (frame.seq > state.cursor + 1) return state.gap ? state : { ...state, gap: true };
  const apply = Object.hasOwn(LOG, frame.type) ? LOG[frame.type] : () => ({});
  return { ...state, gap: false, ...apply(state, frame), cursor: frame.seq };
}

const LOG = {
  message: (state, { message }) => ({ turns: withMessage(state.turns, message) }),
  turn_started: (state, frame) => ({
    turns: changed(gather(state.turns, frame.turn_id, frame.message_ids), frame.turn_id, () => ({
      status: "running", attempt: frame.attempt, failure: null,
    })),
  }),
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
        finishReason: frame.finish_reason, createdAt: frame.at,
      }),
      frame.turn_id, () => ({ status: "done", failure: null }),
    ),
  }),
  turn_failed: (state, frame) => ({
    turns: changed(state.turns, frame.turn_id, () => ({
      status: "failed", answer: null, failure: { code: frame.code, retryable: frame.retryable },
    })),
  }),
  session_updated: (_, { session }) => ({ info: session }),
  notice: (_, { text }) => ({ notice: text }),
};

function newTurn(id) {
  return { id, messages: [], answer: null, status: "waiting", attempt: 1, failure: null };
}

function newAnswer(id) {
  return {
    id, text: "", persona: null, choices: [], resonanceKey: "", confidence: null,
    override: false, model: "", finishReason: null, resources: [], createdAt: null,
  };
}

/** Change one turn; a turn that is not known yet comes to stand last. */
function changed(turns, id, change) {
  if (!turns.some((turn) => turn.id === id)) turns = [...turns, newTurn(id)];
  return turns.map((turn) => (turn.id === id ? { ...turn, ...change(turn) } : turn));
}

function answering(turns, frame, facts) {
  return changed(turns, frame.turn_id, ({ answer }) => ({
    answer: { ...(answer ?? newAnswer(frame.message_id ?? null)), ...facts },
  }));
}

function withMessage(turns, message) {
  if (turns.some((turn) => turn.messages.some((each) => each.id === message.id))) return turns;
  return changed(turns, message.turn_id ?? message.id, ({ messages }) => ({
    messages: [...messages, message],
  }));
}

/** A turn may take up messages that came as turns of their own: they were merged. */
function gather(turns, id, messageIds) {
  const moving = turns
    .filter((turn) => turn.id !== id)
    .flatMap((turn) => turn.messages)
    .filter((message) => messageIds.includes(message.id));
  if (!moving.length) return turns;
  const left = turns.map((turn) => {
    const stays = turn.messages.filter((message) => !moving.includes(message));
    return turn.id === id || stays.length === turn.messages.length
      ? turn : { ...turn, messages: stays };
  });
  return changed(left, id, ({ messages }) => ({
    messages: [...messages, ...moving].sort((a, b) => order(messageIds, a) - order(messageIds, b)),
  })).filter((turn) => turn.id === id || turn.messages.length || turn.answer);
}

function order(ids, message) {
  const at = ids.indexOf(message.id);
  return at < 0 ? -1 : at;
}

function turnsOf(messages) {
  const turns = new Map();
  for (const message of messages) {
    const id = message.turn_id ?? message.answered?.turn_id ?? message.id;
    const turn = turns.get(id) ?? newTurn(id);
    turns.set(id, message.role === "assistant" ? answered(turn, message) : asked(turn, message));
  }
  return [...turns.values()];
}

function asked(turn, message) {
  if (turn.messages.some((each) => each.id === message.id)) return turn;
  const messages = [...turn.messages, message];
  if (!message.failed) return { ...turn, messages };
  return { ...turn, messages, status: "failed", failure: { code: message.failed, retryable: true } };
}

function answered(turn, message) {
  const facts = message.answered ?? {};
  const answer = {
    ...newAnswer(message.id), text: message.text, createdAt: message.created_at,
    persona: facts.persona || null, choices: facts.choices ?? [], model: facts.model ?? "",
    resonanceKey: facts.resonance_key ?? "", finishReason: facts.finish_reason ?? "stop",
    resources: facts.resources ?? [],
  };
  return { ...turn, status: "done", answer };
}
