// A session as its log tells it: frames in, what is shown out. No clock, no network.

import type * as wire from "./generated/frames";
import { Transcript } from "./transcript";
import type { Frame, LogFrame } from "./types";

export class Log {
  info: wire.Session | null = null;
  unread = 0;
  transcript = new Transcript();
  #epoch: string | null = null;
  #cursor = 0;
  /** Whether frames that follow the cursor are on their way. */
  live = false;

  /** Where to read on. */
  point(id: string): wire.AttachPoint {
    const known = this.#epoch !== null && !this.transcript.torn;
    return known ? { session_id: id, epoch: this.#epoch, after: this.#cursor } : { session_id: id };
  }

  /** The connection is gone. */
  detach(): void {
    this.live = false;
  }

  /** Reading begins; false when only a snapshot can help, which was not promised. */
  attached({ recovered, epoch, seq }: Frame<"attached">): boolean {
    this.live = false;
    // until the snapshot has come the old cursor is the one that holds
    if (!recovered) return true;
    if (this.#epoch === null) this.#epoch = epoch;
    return (this.live = epoch === this.#epoch && seq <= this.#cursor);
  }

  /** Replace all that was known. */
  refresh(frame: Frame<"snapshot">): void {
    const { session, messages, running_turn: running } = frame;
    const transcript = new Transcript(messages, this.transcript);
    if (running) {
      const { turn_id: id, persona, choices, text } = running;
      transcript.begin(id, running.message_ids, running.supersedes);
      if (persona) transcript.note(id, choices ? { persona, choices } : { persona });
      if (text) transcript.write(id, running.message_id, text);
    }
    this.transcript = transcript;
    this.info = session;
    this.unread = session.unread ?? 0;
    this.#epoch = frame.epoch;
    this.#cursor = frame.seq;
    this.live = true;
  }

  /** Take in the next frame: true when it was, false when it is old, null when one is missing. */
  apply(frame: LogFrame): boolean | null {
    if (!this.live || frame.seq <= this.#cursor) return false;
    if (frame.seq > this.#cursor + 1) {
      this.live = false;
      return null;
    }
    this.#cursor = frame.seq;
    this.#fold(frame);
    return true;
  }

  #fold(frame: LogFrame): void {
    const { transcript } = this;
    const id = "turn_id" in frame ? frame.turn_id : "";
    if (transcript.left(id) && frame.type !== "turn_started") return;
    switch (frame.type) {
      case "message":
        if (transcript.say(frame.message)) this.unread = 0;
        break;
      case "turn_started":
        // who goes on from there has read what came after
        if (transcript.begin(id, frame.message_ids, frame.supersedes)) this.unread = 0;
        break;
      case "routed":
        transcript.note(id, { persona: frame.persona, choices: frame.choices });
        break;
      case "safety":
        transcript.note(id, { resources: frame.resources });
        break;
      case "delta":
        transcript.write(id, frame.message_id, frame.text);
        break;
      case "turn_restarted":
        transcript.restart(id);
        break;
      case "turn_done":
        transcript.note(id, { persona: frame.persona, created_at: frame.at });
        if (transcript.done(id, frame.message_id, frame.text, frame.finish_reason) && frame.text) {
          this.unread += 1;
        }
        break;
      case "turn_failed":
        transcript.fail(id, frame.code);
        break;
      case "feedback":
        if (transcript.has(id)) transcript.note(id, { rating: frame.rating });
        break;
      case "read":
        this.unread = frame.unread ?? 0;
        break;
      case "session_updated":
        this.info = frame.session;
        this.unread = frame.session.unread ?? 0;
    }
  }
}
