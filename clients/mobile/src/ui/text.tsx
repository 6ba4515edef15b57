// Letters: a book face for what is read, the phone's own for what is pressed.

import type { ReactNode } from "react";
import type { StyleProp, TextProps, TextStyle } from "react-native";
import { Platform, Text } from "react-native";

import type { Theme } from "./theme";
import { useTheme } from "./theme";

interface Props extends TextProps {
  children: ReactNode;
  style?: StyleProp<TextStyle>;
}

interface Letters {
  size: number;
  line: number;
  face?: "serif" | "sans";
  ink?: "ink" | "soft";
}

/** What a screen or a section is called. */
export function Title({ style, ...rest }: Props) {
  const theme = useTheme();
  return (
    <Text
      accessibilityRole="header"
      {...rest}
      {...lines(theme)}
      style={[set(theme, { size: 20, line: 27, face: "serif" }), { fontWeight: "600" }, style]}
    />
  );
}

/** What is read at length. */
export function Prose({ style, ...rest }: Props) {
  const theme = useTheme();
  return <Text {...rest} {...lines(theme)} style={[set(theme, { size: 17, line: 28, face: "serif" }), style]} />;
}

export function Body({ style, ...rest }: Props) {
  const theme = useTheme();
  return <Text {...rest} {...lines(theme)} style={[set(theme, { size: 16, line: 24 }), style]} />;
}

/** What explains, and may be passed over. */
export function Soft({ style, ...rest }: Props) {
  const theme = useTheme();
  return <Text {...rest} {...lines(theme)} style={[set(theme, { size: 15, line: 22, ink: "soft" }), style]} />;
}

export function Small({ style, ...rest }: Props) {
  const theme = useTheme();
  return <Text {...rest} {...lines(theme)} style={[set(theme, { size: 13, line: 18, ink: "soft" }), style]} />;
}

function set(theme: Theme, { size, line, face = "sans", ink = "ink" }: Letters): TextStyle {
  const letters = { fontFamily: theme[face], fontSize: size, lineHeight: line, color: theme.colours[ink] };
  return theme.hangul && Platform.OS === "web" ? { ...letters, ...(KEPT as TextStyle) } : letters;
}

// words of Hangul are not broken in the middle of a line
const KEPT: object = { wordBreak: "keep-all" };

function lines({ hangul }: Theme): Pick<TextProps, "lineBreakStrategyIOS"> {
  return { lineBreakStrategyIOS: hangul ? "hangul-word" : "none" };
}
