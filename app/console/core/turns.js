// Turns of a conversation as a list: messages put in, joined, and taken out of the view.
//
// turn: { id, messages, answer, status, attempt, failure, siblings, saved }
//       status: "waiting" | "running" | "done" | "failed"
//       siblings: ids of the turns that stand for one another here, when there are several
//       saved: what came to be remembered by it, as { id: text }

/** Return a turn of which nothing is known yet. */
export function newTurn(id) {
  return {
    id, messages: [], answer: null, status: "waiting", attempt: 1, failure: null, siblings: [],
    saved: {},
  };
}

/** Return an answer without a word. */
export function newAnswer(id) {
  return {
    id, text: "", persona: null, choices: [], resonanceKey: "", confidence: null,
    override: false, model: "", finishReason: null, resources: [], createdAt: null, rating: 0,
    memories: [],
  };
}

/** Change one turn; a turn that is not known yet comes to stand last. */
export function changed(turns, id, change) {
  if (!turns.some((turn) => turn.id === id)) turns = [...turns, newTurn(id)];
  return turns.map((turn) => (turn.id === id ? { ...turn, ...change(turn) } : turn));
}

/** Put facts into the answer of a turn. */
export function answering(turns, frame, facts) {
  return changed(turns, frame.turn_id, ({ answer }) => ({
    answer: { ...(answer ?? newAnswer(frame.message_id ?? null)), ...facts },
  }));
}

/** Tell whether a message is in view. */
export function shows(turns, id) {
  return turns.some((turn) => turn.messages.some((each) => each.id === id));
}

/** Put a message into its turn. */
export function withMessage(turns, message) {
  return changed(turns, message.turn_id ?? message.id, ({ messages }) => ({
    messages: [...messages, message],
  }));
}

/** A turn takes up the messages it names, from other turns or from `aside`. */
export function gather(turns, id, messageIds, aside = []) {
  const elsewhere = turns.filter((turn) => turn.id !== id).flatMap((turn) => turn.messages);
  const here = turns.flatMap((turn) => turn.messages.map((message) => message.id));
  const moving = [...elsewhere, ...aside.filter((message) => !here.includes(message.id))]
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

/** A message takes the place of another: that one and all after it leave the view, read. */
export function withoutMessage(state, message) {
  const { supersedes: id } = message;
  const at = state.turns.findIndex((turn) => turn.messages.some((each) => each.id === id));
  if (at >= 0) {
    const { messages } = state.turns[at];
    const kept = messages.slice(0, messages.findIndex((each) => each.id === id));
    return cut(state, at, message.turn_id, kept);
  }
  const first = state.aside.find((each) => each.id === id);
  if (!first) return state;
  const place = placeOf(state.turns, first.turn_id);
  return place < 0 ? torn(state, message.turn_id) : cut(state, place, message.turn_id, []);
}

/**
 * A turn takes the place of another: that one's answer and all after it leave the view. Turns
 * begin in order, so those that still wait came after it: what waited before has been stopped.
 */
export function withoutTurn(state, supersedes, id, messageIds) {
  const at = placeOf(state.turns, supersedes);
  const there = state.turns[at];
  if (there?.id === id) return state;
  if (there && there.id !== supersedes && there.status === "waiting") return passedBy(state, at, id);
  if (state.gone.includes(id)) return state;
  if (!there) return state.gone.includes(supersedes) ? torn(state, id) : state;
  const kept = state.turns[at].messages.filter((each) => messageIds.includes(each.id));
  return cut(state, at, id, kept, { waiting: true });
}

/** Return turns from messages as the archive has them. */
export function turnsOf(messages) {
  const turns = new Map();
  for (const message of messages) {
    const id = message.turn_id ?? message.answered?.turn_id ?? message.id;
    const turn = { ...(turns.get(id) ?? newTurn(id)), siblings: message.siblings ?? [] };
    turns.set(id, message.role === "assistant" ? answered(turn, message) : asked(turn, message));
  }
  return [...turns.values()];
}

/** A turn begins whose place a newer one has taken already: it is only one more version there. */
function passedBy(state, at, id) {
  const there = state.turns[at];
  if (there.siblings.includes(id)) return state;
  const siblings = [...there.siblings.slice(0, -1), id, there.id];
  return { ...state, turns: state.turns.with(at, { ...there, siblings }), gone: [...state.gone, id] };
}

/** What a turn takes the place of has left the view: only a snapshot can tell what is shown now. */
function torn(state, id) {
  return { ...state, torn: true, gone: [...state.gone, id] };
}

function cut(state, at, id, kept, { waiting = false } = {}) {
  const [old, ...later] = state.turns.slice(at);
  const stays = later.filter((turn) => turn.id !== id && waiting && turn.status === "waiting");
  const left = [old, ...later].filter((turn) => turn.id !== id && !stays.includes(turn));
  const fresh = later.find((turn) => turn.id === id) ?? newTurn(id);
  const own = fresh.messages.filter((each) => !kept.includes(each));
  const siblings = [...(old.siblings.length ? old.siblings : [old.id]), id];
  return {
    ...state,
    turns: [...state.turns.slice(0, at), { ...fresh, messages: [...kept, ...own], siblings }, ...stays],
    gone: [...state.gone, ...left.map((turn) => turn.id)],
    aside: [...state.aside, ...left.flatMap((turn) => turn.messages).filter((each) => !kept.includes(each))],
    unread: 0,
  };
}

function placeOf(turns, id) {
  return turns.findIndex((turn) => turn.id === id || turn.siblings.includes(id));
}

function order(ids, message) {
  const at = ids.indexOf(message.id);
  return at < 0 ? -1 : at;
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
    resources: facts.resources ?? [], rating: facts.rating ?? 0,
    memories: facts.memories_used ?? [],
  };
  return { ...turn, status: "done", answer };
}
