// Colours, letters and distances: those of the page, for a phone.

import { createContext, useContext } from "react";
import { Platform, useColorScheme } from "react-native";

export type Scheme = "light" | "dark";
export type ThemeChoice = "auto" | Scheme;

export interface Palette {
  paper: string;
  paperDeep: string;
  card: string;
  /** What slides in a switch that is off. */
  knob: string;
  ink: string;
  soft: string;
  line: string;
  edge: string;
  ember: string;
  onEmber: string;
  mine: string;
  onMine: string;
  calm: string;
  calmInk: string;
  alert: string;
  wash: string;
  scrim: string;
}

const LIGHT: Palette = {
  paper: "#f6efe3", paperDeep: "#ece1d0", card: "#fffaf2", knob: "#fffaf2", ink: "#2b2430", soft: "#645866",
  line: "#d9cbb6", edge: "#8f7f70", ember: "#a3441a", onEmber: "#fff8ef",
  mine: "#3b3049", onMine: "#faf2e7", calm: "#e3ebe6", calmInk: "#1f4a43", alert: "#9c2f22",
  wash: "rgba(43, 36, 48, 0.08)", scrim: "rgba(20, 12, 18, 0.5)",
};

const DARK: Palette = {
  paper: "#1a1722", paperDeep: "#13101a", card: "#252030", knob: "#b3a8b6", ink: "#efe7dc", soft: "#b3a8b6",
  line: "#3a3444", edge: "#857a8c", ember: "#f2a46f", onEmber: "#2a1306",
  mine: "#453a57", onMine: "#f8f0e6", calm: "#20302f", calmInk: "#a9d8cc", alert: "#ff9d8c",
  wash: "rgba(239, 231, 220, 0.1)", scrim: "rgba(0, 0, 0, 0.6)",
};

const WEB_SERIF = '"Iowan Old Style", "Palatino Linotype", Palatino, "Noto Serif CJK KR", Georgia, serif';
const WEB_SANS = '"Avenir Next", "Segoe UI", "Apple SD Gothic Neo", "Noto Sans KR", "Noto Sans CJK KR", system-ui, sans-serif';
const SERIF = Platform.select({ ios: "Georgia", android: "serif", default: WEB_SERIF });
const SANS = Platform.select({ web: WEB_SANS, default: undefined });
export const MONO = Platform.select({
  ios: "Menlo", android: "monospace", default: 'ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace',
});

export interface Theme {
  scheme: Scheme;
  colours: Palette;
  /** A book face for Latin letters; Hangul reads calmer on screens without serifs. */
  serif: string | undefined;
  sans: string | undefined;
  hangul: boolean;
}

/** Return the theme of a scheme and a language. */
export function themeOf(scheme: Scheme, language: string): Theme {
  return {
    scheme,
    colours: scheme === "dark" ? DARK : LIGHT,
    serif: language === "ko" ? SANS : SERIF,
    sans: SANS,
    hangul: language === "ko",
  };
}

/** Return a mentor's colour as letters show it: darker on paper, lighter at night. */
export function inkOf(colour: string, scheme: Scheme): string {
  return scheme === "dark" ? mixed(colour, "#ffffff", 0.55) : mixed(colour, "#000000", 0.88);
}

/** Return a colour as a faint ground. */
export function faint(colour: string, opacity: number): string {
  const [red, green, blue] = parts(colour);
  return `rgba(${red}, ${green}, ${blue}, ${opacity})`;
}

function mixed(colour: string, other: string, share: number): string {
  const others = parts(other);
  const mix = parts(colour).map((part, at) => Math.round(part * share + (others[at] ?? 0) * (1 - share)));
  return `rgb(${mix.join(", ")})`;
}

function parts(colour: string): number[] {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) || 0);
}

export const ThemeContext = createContext<Theme>(themeOf("light", "en"));

/** Return the theme in force. */
export function useTheme(): Theme {
  return useContext(ThemeContext);
}

/** Return the scheme in force: the person's choice, else the phone's. */
export function useScheme(choice: ThemeChoice): Scheme {
  const phone = useColorScheme();
  if (choice !== "auto") return choice;
  return phone === "dark" ? "dark" : "light";
}
