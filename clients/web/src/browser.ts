// When a page is seen again, or the network is back.

const NAMES = ["visibilitychange", "online"];

/** Call `f` at such moments; returns a function that ends this. Does nothing outside of browsers. */
export function onReturn(f: () => void): () => void {
  // who comes back from another page sees this one again, too
  const seen = () => document.hidden || f();
  // its signal is all that is read of it
  const end = new AbortController();
  for (const name of NAMES) globalThis.addEventListener?.(name, seen, end);
  return () => end.abort();
}
