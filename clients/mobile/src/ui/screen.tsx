// What all screens share: the ground, the bar at the top, and a line that says how the connection is.

import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import { RefreshControl, ScrollView, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import type { House } from "../core/house";
import { useWords } from "../words";
import { IconButton } from "./button";
import { useHouse } from "./hooks";
import { Body, Soft, Title } from "./text";
import { useTheme } from "./theme";

/** The widest that lines are read at ease. */
export const COLUMN = { width: "100%", maxWidth: 720, alignSelf: "center" } as const;

interface BarProps {
  title: string;
  onBack?: () => void;
  children?: ReactNode;
}

/** The bar of a screen that lies over another. */
export function Bar({ title, onBack, children }: BarProps) {
  const { colours } = useTheme();
  const words = useWords();
  const { top } = useSafeAreaInsets();
  return (
    <View style={{ paddingTop: top, borderBottomWidth: 1, borderColor: colours.line, backgroundColor: colours.paper }}>
      <View style={{ ...COLUMN, minHeight: 56, paddingHorizontal: 6, flexDirection: "row", alignItems: "center" }}>
        {onBack ? <IconButton icon="back" label={words.back} onPress={onBack} /> : <View style={{ width: 44 }} />}
        <Title numberOfLines={1} style={{ flex: 1, fontSize: 17, lineHeight: 24, textAlign: "center" }}>{title}</Title>
        {children ?? <View style={{ width: 44 }} />}
      </View>
    </View>
  );
}

interface PageProps {
  title: string;
  intro?: string;
  children: ReactNode;
  refresh?: () => Promise<unknown>;
  head?: ReactNode;
}

/** A screen of the tabs: a large title, a word about it, and what it holds. */
export function Page({ title, intro, children, refresh, head }: PageProps) {
  const { colours } = useTheme();
  const { top } = useSafeAreaInsets();
  const [busy, setBusy] = useState(false);
  const pulled = async () => {
    setBusy(true);
    await refresh?.();
    setBusy(false);
  };
  return (
    <View style={{ flex: 1, backgroundColor: colours.paper, paddingTop: top }}>
      <ScrollView
        keyboardShouldPersistTaps="handled"
        contentContainerStyle={{ ...COLUMN, paddingHorizontal: 18, paddingTop: 18, paddingBottom: 40, gap: 22 }}
        refreshControl={refresh && <RefreshControl refreshing={busy} onRefresh={() => void pulled()} tintColor={colours.ember} colors={[colours.ember]} />}
      >
        <View style={{ gap: 6 }}>
          <View style={{ flexDirection: "row", alignItems: "center" }}>
            <Title style={{ flex: 1, fontSize: 30, lineHeight: 38, letterSpacing: -0.3 }}>{title}</Title>
            {head}
          </View>
          {intro && <Soft style={{ fontSize: 16, lineHeight: 23 }}>{intro}</Soft>}
        </View>
        {children}
      </ScrollView>
    </View>
  );
}

const PATIENCE_MS = 2_000;

/** How the connection is, when that is worth a word; a moment without one is not. */
export function ConnectionLine() {
  const { colours } = useTheme();
  const house = useHouse();
  const text = useTrouble(house);
  if (!text) return null;
  return (
    <View accessibilityLiveRegion="polite" role="status" style={{ position: "absolute", zIndex: 3, top: 10, left: 16, right: 16, alignItems: "center", pointerEvents: "none" }}>
      <View style={{ paddingHorizontal: 16, paddingVertical: 9, borderRadius: 20, borderWidth: 1, borderColor: colours.edge, backgroundColor: colours.card, boxShadow: "0 6px 24px rgba(60, 40, 30, 0.14)" }}>
        <Body style={{ fontSize: 15, lineHeight: 21 }}>{text}</Body>
      </View>
    </View>
  );
}

function useTrouble({ state }: House): string | null {
  const words = useWords();
  const [late, setLate] = useState(false);
  const well = state === "open" || state === "idle";
  useEffect(() => {
    setLate(false);
    if (well) return;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [well]);
  if (state === "denied") return words.denied;
  return !well && late ? words.offline : null;
}

/** Something that can't be undone later: a word at the bottom edge, with a button. */
export function Snack({ text, action, onAction }: { text: string; action?: string; onAction?: () => void }) {
  const { colours } = useTheme();
  return (
    <View accessibilityLiveRegion="polite" role="status" style={{ position: "absolute", left: 16, right: 16, bottom: 14, alignItems: "center" }}>
      <View style={{ width: "100%", maxWidth: 520, minHeight: 52, paddingLeft: 18, paddingRight: 8, borderRadius: 18, flexDirection: "row", alignItems: "center", gap: 12, backgroundColor: colours.mine, boxShadow: "0 8px 28px rgba(40, 24, 20, 0.25)" }}>
        <Body numberOfLines={2} style={{ flex: 1, color: colours.onMine, fontSize: 15, lineHeight: 21, paddingVertical: 8 }}>{text}</Body>
        {action && onAction && (
          <Body accessibilityRole="button" onPress={onAction} style={{ color: colours.onMine, fontWeight: "700", padding: 12, textDecorationLine: "underline" }}>{action}</Body>
        )}
      </View>
    </View>
  );
}
