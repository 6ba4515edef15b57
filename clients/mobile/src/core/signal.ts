// Something that screens look at: it says that it changed, and they read it anew.

export class Signal {
  version = 0;
  #listeners = new Set<() => void>();

  /** Call `listener` after each change; returns what ends that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Return a number that is another one after each change. */
  readonly snapshot = (): number => this.version;

  protected changed(): void {
    this.version += 1;
    for (const listener of [...this.#listeners]) listener();
  }
}
