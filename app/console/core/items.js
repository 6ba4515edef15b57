// What a conversation looks like as a list: days, messages, answers, and what waits to be sent.

/**
 * Return items in order: { kind, key, settled, … }. The settled ones come first: they will not
 * change any more, so that they can be read aloud as whole messages. An answer keeps its key when
 * it is made again, and what comes after a message that is being edited is not shown.
 */
export function itemsOf(state, unconfirmed) {
  const list = new List();
  const about = new Map(unconfirmed.map((entry) => [entry.about, entry]));
  const shown = new Set();
  const idle = !unconfirmed.length && state.turns.every(ended);
  for (const turn of state.turns) {
    const first = list.settled;
    list.settled &&= ended(turn);
    for (const message of turn.messages) {
      const edit = about.get(message.id);
      const edited = edit && edit.status !== "failed";
      if (edited) list.settled = false;
      list.push(edit ? waiting(edit) : asked(message), message.created_at);
      shown.add(edit?.id ?? message.client_msg_id);
      if (edited) return list.end(unconfirmed, shown);
    }
    const again = about.get(turn.id);
    const last = turn === state.turns.at(-1) && !unconfirmed.some(({ kind }) => kind === "send");
    const reply = replied(turn, { first, again, last, idle });
    if (reply) list.push(reply, turn.answer?.createdAt);
  }
  return list.end(unconfirmed, shown);
}

class List {
  settled = true;
  #items = [];
  #day = "";

  push(item, at) {
    const day = at ? new Date(at).toDateString() : this.#day;
    const { settled } = this;
    if (day !== this.#day) this.#items.push({ kind: "day", key: `d:${day}`, at, settled });
    this.#day = day;
    this.#items.push({ ...item, at, settled });
  }

  /** Add what waits to be said and is not shown yet, and return all. */
  end(unconfirmed, shown) {
    this.settled = false;
    for (const entry of unconfirmed) {
      const said = entry.kind !== "regenerate" && !shown.has(entry.id);
      if (said) this.push(waiting(entry), new Date(entry.at).toISOString());
    }
    return this.#items;
  }
}

function ended({ status }) {
  return status === "done" || status === "failed";
}

function asked({ id, client_msg_id: own, text }) {
  return { kind: "said", key: `m:${own ?? id}`, messageId: id, text, status: "sent", error: null };
}

function waiting({ id, text, status, error }) {
  return { kind: "said", key: `m:${id}`, id, messageId: null, text, status, error };
}

function replied(turn, { first, again, last, idle }) {
  const key = `a:${turn.siblings[0] ?? turn.id}`;
  if (turn.status === "failed" && again && again.status !== "failed") {
    return { kind: "answer", key, turn: { ...turn, status: "waiting" }, last, idle };
  }
  if (turn.status === "failed") return { kind: "failure", key, turn, last, idle };
  if (turn.status === "waiting" && !first) return { kind: "queued", key: `q:${turn.id}` };
  return { kind: "answer", key, turn, again, last, idle };
}
