// What is remembered of the person. Forgetting waits a moment, in which it can be undone.

import type { Api } from "./api";
import { ApiError } from "./api";
import type { History } from "./history";
import type { Pairs } from "./pairs";
import { readJson } from "./pairs";
import type { Memory, MemoryKind } from "./resources";
import { Signal } from "./signal";

export const UNDO_MS = 8_000;
const FORGET = "forget.";
const PAUSED = "memory.paused";

export type GroupName =
  | "pinned" | "about" | "goal" | "deadline" | "commitment" | "promise" | "obstacle" | "person" | "preference";

const GROUPS: [GroupName, MemoryKind[]][] = [
  ["about", ["name", "role"]], ["goal", ["goal"]], ["deadline", ["deadline"]],
  ["commitment", ["commitment"]], ["promise", ["promise"]], ["obstacle", ["obstacle"]],
  ["person", ["person"]], ["preference", ["preference"]],
];

export interface Group {
  name: GroupName;
  memories: Memory[];
}

interface Wish {
  refuse: boolean;
  text: string;
}

interface Parts {
  api: Api;
  history: History;
  pairs: Pairs;
}

export class Memories extends Signal {
  /** Whether nothing new is remembered, as the phone last heard. */
  paused: boolean;
  /** What was just told to be forgotten, as long as that can be undone. */
  leaving: { id: string; text: string } | null = null;
  #parts: Parts;
  #whole = new Map<string, Memory>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(parts: Parts) {
    super();
    this.#parts = parts;
    this.paused = parts.pairs.get(PAUSED) === "1";
  }

  /** Groups that a person would make, the pinned first; of those that have all words of `query`. */
  groups(query = ""): Group[] {
    const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
    const all = this.#parts.history.memories()
      .filter(({ id }) => this.#parts.pairs.get(FORGET + id) === null)
      .filter(({ text }) => wanted.every((word) => text.toLowerCase().includes(word)));
    const pinned: Group = { name: "pinned", memories: all.filter((each) => each.pinned) };
    const others = GROUPS.map(([name, kinds]): Group => ({
      name, memories: all.filter((each) => !each.pinned && kinds.includes(each.kind)),
    }));
    return [pinned, ...others].filter((group) => group.memories.length > 0);
  }

  /** Return the texts of those that are still remembered. */
  texts(ids: readonly string[]): string[] {
    if (!ids.length) return [];
    return this.#parts.history.memories().filter(({ id }) => ids.includes(id)).map(({ text }) => unstamped(text));
  }

  /** Return a memory with all its sources where they were asked for. */
  whole(memory: Memory): Memory {
    const known = this.#whole.get(memory.id);
    return known?.updated_at === memory.updated_at ? known : memory;
  }

  /** Ask for all messages that a memory is from, and what held before it; raises ApiError. */
  async why(id: string): Promise<void> {
    this.#whole.set(id, await this.#parts.api.memory(id));
    this.changed();
  }

  /** Correct, pin or share a memory; raises ApiError. */
  async change(id: string, changes: { text?: string; pinned?: boolean; sharing?: Memory["sharing"] }): Promise<void> {
    this.#parts.history.keepMemory(await this.#parts.api.updateMemory(id, changes));
    this.changed();
  }

  /** Remember nothing new, or go on; raises ApiError. */
  async pause(paused: boolean): Promise<void> {
    this.#heardPaused((await this.#parts.api.pauseMemory(paused)).paused);
  }

  /** Forget something soon, also when the app ends before; with `refuse` it is never learned again. */
  forget(memory: Memory, { refuse = false } = {}): void {
    void this.#finish();
    this.#parts.pairs.set(FORGET + memory.id, JSON.stringify({ refuse, text: memory.text } satisfies Wish));
    this.leaving = { id: memory.id, text: unstamped(memory.text) };
    this.#timer = setTimeout(() => void this.#finish(), UNDO_MS);
    this.changed();
  }

  /** Don't forget it after all. */
  undo(): void {
    if (this.leaving) this.#parts.pairs.remove(FORGET + this.leaving.id);
    this.#settle();
    this.changed();
  }

  /** The server can be asked: forget what waits for that, and see whether memory is paused. */
  async refresh(): Promise<void> {
    await this.#forgetAll();
    try {
      this.#heardPaused((await this.#parts.api.memorySettings()).paused);
    } catch {
      // shown as it was last heard
    }
  }

  /** The list was brought up to date elsewhere. */
  renewed(): void {
    this.changed();
  }

  /** Forget all: somebody else is here. */
  clear(): void {
    this.#settle();
    for (const key of this.#parts.pairs.keys(FORGET)) this.#parts.pairs.remove(key);
    this.#whole.clear();
    this.#heardPaused(false);
  }

  #heardPaused(paused: boolean): void {
    this.paused = paused;
    this.#parts.pairs.set(PAUSED, paused ? "1" : "0");
    this.changed();
  }

  #settle(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.leaving = null;
  }

  async #finish(): Promise<void> {
    if (!this.leaving) return;
    this.#settle();
    this.changed();
    await this.#forgetAll();
  }

  async #forgetAll(): Promise<void> {
    const { api, history, pairs } = this.#parts;
    for (const key of pairs.keys(FORGET)) {
      const id = key.slice(FORGET.length);
      if (id === this.leaving?.id) continue;
      const wish = readJson<Wish>(pairs, key);
      try {
        await api.forgetMemory(id, { refuse: wish?.refuse ?? false });
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) continue; // tried again later
      }
      history.forgetMemory(id);
      pairs.remove(key);
      this.changed();
    }
  }
}

const STAMP = / \((\d{4}-\d{2}-\d{2})\)$/;

/** Return a memory's text without the day in figures at its end. */
export function unstamped(text: string): string {
  return text.replace(STAMP, "");
}
