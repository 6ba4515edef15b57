// Letters: a book face for what is read, the phone's own for what is pressed.

import type { ReactNode } from "react";
import type { StyleProp, TextProps, TextStyle } from "react-native";
import { Text } from "react-native";

import { useTheme } from "./theme";

interface Props extends TextProps {
  children: ReactNode;
  style?: StyleProp<TextStyle>;
}

/** What a screen or a section is called. */
export function Title({ style, ...rest }: Props) {
  const { serif, colours } = useTheme();
  return (
    <Text
      accessibilityRole="header"
      {...rest}
      style={[{ fontFamily: serif, fontSize: 20, lineHeight: 27, fontWeight: "600", color: colours.ink }, style]}
    />
  );
}

/** What is read at length. */
export function Prose({ style, ...rest }: Props) {
  const { serif, colours } = useTheme();
  return <Text {...rest} style={[{ fontFamily: serif, fontSize: 17, lineHeight: 28, color: colours.ink }, style]} />;
}

export function Body({ style, ...rest }: Props) {
  const { sans, colours } = useTheme();
  return <Text {...rest} style={[{ fontFamily: sans, fontSize: 16, lineHeight: 24, color: colours.ink }, style]} />;
}

/** What explains, and may be passed over. */
export function Soft({ style, ...rest }: Props) {
  const { sans, colours } = useTheme();
  return <Text {...rest} style={[{ fontFamily: sans, fontSize: 15, lineHeight: 22, color: colours.soft }, style]} />;
}

export function Small({ style, ...rest }: Props) {
  const { sans, colours } = useTheme();
  return <Text {...rest} style={[{ fontFamily: sans, fontSize: 13, lineHeight: 18, color: colours.soft }, style]} />;
}
