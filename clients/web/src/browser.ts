// When a page is seen again, or the network is back.

/** Call `f` at such moments; returns a function that ends this. Does nothing outside of browsers. */
export function onReturn(f: () => void): () => void {
  const { document: page, addEventListener: listen } = globalThis;
  if (!page?.addEventListener || !listen) return () => {};
  const seen = () => page.visibilityState === "visible" && f();
  page.addEventListener("visibilitychange", seen);
  for (const name of ["online", "pageshow"]) listen(name, f);
  return () => {
    page.removeEventListener("visibilitychange", seen);
    for (const name of ["online", "pageshow"]) removeEventListener(name, f);
  };
}
