// What a conversation looks like as a list: days, messages, answers, and what waits to be sent.

/**
 * Return items in order: { kind, key, settled, … }. The settled ones come first: they will not
 * change any more, so that they can be read aloud as whole messages.
 */
export function itemsOf(state, unconfirmed) {
  const items = [];
  let settled = true;
  let day = "";
  const push = (item, at) => {
    const itsDay = at ? new Date(at).toDateString() : day;
    if (itsDay !== day) items.push({ kind: "day", key: `d:${itsDay}`, at, settled });
    day = itsDay;
    items.push({ ...item, at, settled });
  };
  for (const turn of state.turns) {
    const first = settled;
    settled &&= turn.status === "done" || turn.status === "failed";
    for (const message of turn.messages) push(asked(message), message.created_at);
    const reply = replied(turn, first);
    if (reply) push(reply, turn.answer?.createdAt);
  }
  settled = false;
  const seen = new Set(items.map((item) => item.key));
  for (const entry of unconfirmed) {
    if (!seen.has(`m:${entry.id}`)) push(waiting(entry), new Date(entry.at).toISOString());
  }
  return items;
}

function asked(message) {
  const key = `m:${message.client_msg_id ?? message.id}`;
  return { kind: "said", key, text: message.text, status: "sent", error: null };
}

function waiting({ id, text, status, error }) {
  return { kind: "said", key: `m:${id}`, id, text, status, error };
}

function replied(turn, first) {
  if (turn.status === "failed") return { kind: "failure", key: `a:${turn.id}`, turn };
  if (turn.status === "waiting" && !first) return { kind: "queued", key: `q:${turn.id}` };
  return { kind: "answer", key: `a:${turn.id}`, turn };
}
