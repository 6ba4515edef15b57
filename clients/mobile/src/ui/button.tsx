// Things to press: as large as a finger, with a name for those who don't see them.

import type { ReactNode } from "react";
import type { StyleProp, ViewStyle } from "react-native";
import { Pressable, View } from "react-native";

import type { IconName } from "./icon";
import { Icon } from "./icon";
import { Body } from "./text";
import { faint, useTheme } from "./theme";

export const FINGER = 44;

interface IconButtonProps {
  icon: IconName;
  label: string;
  onPress: () => void;
  colour?: string;
  size?: number;
  disabled?: boolean;
  pressed?: boolean;
  expanded?: boolean;
}

/** A button that is an icon. */
export function IconButton({ icon, label, onPress, colour, size = 22, disabled = false, pressed, expanded }: IconButtonProps) {
  const { colours } = useTheme();
  const ink = colour ?? colours.ink;
  return (
    <Pressable
      accessibilityRole="button"
      accessibilityLabel={label}
      accessibilityState={{ disabled, selected: pressed, expanded }}
      aria-pressed={pressed}
      aria-expanded={expanded}
      disabled={disabled}
      onPress={onPress}
      style={({ pressed: held }) => ({
        width: FINGER, height: FINGER, borderRadius: 14, alignItems: "center", justifyContent: "center",
        backgroundColor: held ? colours.wash : "transparent", opacity: disabled ? 0.4 : 1,
      })}
    >
      <Icon name={icon} colour={ink} size={size} filled={pressed} />
    </Pressable>
  );
}

type Kind = "primary" | "secondary" | "danger" | "quiet";

interface ButtonProps {
  label: string;
  onPress: () => void;
  kind?: Kind;
  icon?: IconName;
  hint?: string;
  disabled?: boolean;
  style?: StyleProp<ViewStyle>;
}

/** A button with words. */
export function Button({ label, onPress, kind = "secondary", icon, hint, disabled = false, style }: ButtonProps) {
  const { colours } = useTheme();
  const inks: Record<Kind, string> = {
    primary: colours.onEmber, secondary: colours.ink, danger: colours.alert, quiet: colours.soft,
  };
  const borders: Record<Kind, string> = {
    primary: "transparent", secondary: colours.edge, danger: colours.alert, quiet: "transparent",
  };
  const ink = inks[kind];
  return (
    <Pressable
      accessibilityRole="button"
      accessibilityLabel={label}
      accessibilityHint={hint}
      accessibilityState={{ disabled }}
      disabled={disabled}
      onPress={onPress}
      style={({ pressed }) => [
        {
          minHeight: 46, paddingHorizontal: kind === "quiet" ? 8 : 18, paddingVertical: 10, borderRadius: 16,
          flexDirection: "row", alignItems: "center", justifyContent: "center", gap: 8,
          borderWidth: kind === "quiet" ? 0 : 1, borderColor: borders[kind],
          backgroundColor: kind === "primary" ? colours.ember : kind === "quiet" ? "transparent" : colours.card,
          opacity: disabled ? 0.45 : pressed ? 0.75 : 1,
        },
        style,
      ]}
    >
      {icon && <Icon name={icon} colour={ink} size={19} />}
      <Body style={{ color: ink, fontWeight: "600", flexShrink: 1, textAlign: "center" }}>{label}</Body>
    </Pressable>
  );
}

interface ChipProps {
  label: string;
  selected: boolean;
  onPress: () => void;
  children?: ReactNode;
  long?: string;
  /** Whether it shares a row with its like. */
  narrow?: boolean;
}

/** One of several to choose from. */
export function Chip({ label, selected, onPress, children, long, narrow = false }: ChipProps) {
  const { colours } = useTheme();
  return (
    <Pressable
      accessibilityRole="button"
      accessibilityLabel={long ?? label}
      accessibilityState={{ selected }}
      aria-pressed={selected}
      onPress={onPress}
      style={({ pressed }) => ({
        minHeight: FINGER, minWidth: narrow ? 40 : FINGER, flexGrow: narrow ? 1 : 0, paddingHorizontal: narrow ? 4 : 13,
        borderRadius: narrow ? 14 : 22, borderWidth: 1,
        flexDirection: "row", alignItems: "center", justifyContent: "center", gap: 8,
        borderColor: selected ? colours.ember : colours.line,
        backgroundColor: selected ? faint(colours.ember, 0.13) : colours.card, opacity: pressed ? 0.75 : 1,
      })}
    >
      {children}
      <Body style={{ fontSize: 15, fontWeight: selected ? "600" : "500", color: selected ? colours.ember : colours.ink }}>{label}</Body>
    </Pressable>
  );
}

/** Chips side by side. */
export function Chips({ children, gap = 8 }: { children: ReactNode; gap?: number }) {
  return <View style={{ flexDirection: "row", flexWrap: "wrap", gap }}>{children}</View>;
}
