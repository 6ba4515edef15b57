// When a page is seen again, or the network is back.

const NAMES = ["visibilitychange", "online", "pageshow"];

/** Call `f` at such moments; returns a function that ends this. Does nothing outside of browsers. */
export function onReturn(f: () => void): () => void {
  // a page is shown for the first time, too: then it connects already
  const seen = (event: Event & { persisted?: boolean }) => {
    if (event.persisted !== false && document.visibilityState !== "hidden") f();
  };
  for (const name of NAMES) globalThis.addEventListener?.(name, seen);
  return () => {
    for (const name of NAMES) globalThis.removeEventListener?.(name, seen);
  };
}
