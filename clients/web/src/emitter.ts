// Listeners by name.

export class Emitter<Events> {
  #listeners = new Map<keyof Events, Set<(event: any) => void>>();

  /** Call `f` whenever it happens; returns a function that ends this. */
  on<Name extends keyof Events>(name: Name, f: (event: Events[Name]) => void): () => void {
    const all = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, all.add(f));
    return () => void all.delete(f);
  }

  /** What a listener throws is reported, and hinders nobody. */
  $emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const each of [...(this.#listeners.get(name) ?? [])]) {
      try {
        each(event);
      } catch (error) {
        console.error(error);
      }
    }
  }
}
