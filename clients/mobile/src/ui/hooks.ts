// How screens look at the core.

import { createContext, useContext, useSyncExternalStore } from "react";

import type { House } from "../core/house";
import type { Ion } from "../core/ion";
import type { Signal } from "../core/signal";

export const IonContext = createContext<Ion | null>(null);

/** Render again whenever something of the core changed. */
export function useSignal(signal: Signal): void {
  useSyncExternalStore(signal.subscribe, signal.snapshot, signal.snapshot);
}

/** Return the app's root. */
export function useIon(): Ion {
  const ion = useContext(IonContext);
  if (!ion) throw new Error("no IonContext around this screen");
  useSignal(ion);
  return ion;
}

/** Return what belongs to the server in use. */
export function useHouse(): House {
  const { house } = useIon();
  useSignal(house);
  return house;
}
