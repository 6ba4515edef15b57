// What the page is told of messages: that there are some, never what they say.

import type { IonEvents } from "../launcher/host";
import type { Message } from "../../types";

const UNFINISHED = new Set(["queued", "streaming"]);

/** Tells of each message once, when it was sent or has been answered; what was there before is no news. */
export class Told {
  #unfinished = new Set<string>();
  #tell: (detail: IonEvents["message"]) => void;

  constructor(tell: (detail: IonEvents["message"]) => void) {
    this.#tell = tell;
  }

  /** Look at the messages of a session. */
  look(messages: readonly Message[], session: string | null): void {
    for (const { key, id, role, status, persona } of messages) {
      if (UNFINISHED.has(status)) this.#unfinished.add(key);
      else if (this.#unfinished.delete(key)) {
        this.#tell({
          role, status, persona: persona ?? null, message_id: id ?? key, session_id: session ?? "",
        });
      }
    }
  }

  /** Somebody else talks from now on. */
  forget(): void {
    this.#unfinished.clear();
  }
}
