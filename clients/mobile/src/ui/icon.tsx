// Line icons on a 24 x 24 grid, and the marks of the mentors: those of the page.

import { View } from "react-native";
import Svg, { Path } from "react-native-svg";

import type { PersonaInfo } from "../core/resources";
import { Body } from "./text";
import { useTheme } from "./theme";

const LINES = {
  plus: ["M12 5v14", "M5 12h14"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  send: ["M12 19V5", "M6 11l6-6 6 6"],
  down: ["M12 5v14", "M6 13l6 6 6-6"],
  clock: ["M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z", "M12 7.5V12l3 2"],
  tick: ["M5 12.5l4.5 4.5L19 7.5"],
  alert: ["M12 4l9 16H3z", "M12 10v4", "M12 17v.01"],
  more: ["M6 12h.01", "M12 12h.01", "M18 12h.01"],
  pencil: ["M5 19l1-4L16 5l3 3L9 18z"],
  trash: ["M5 7h14", "M9 7V4.5h6V7", "M7 7l1 13h8l1-13"],
  chevron: ["M7 10l5 5 5-5"],
  up: ["M7 14l5-5 5 5"],
  back: ["M15 5l-7 7 7 7"],
  on: ["M9 6l6 6-6 6"],
  again: ["M19 12a7 7 0 1 1-2.2-5.1", "M19 4.500v4h-4"],
  share: ["M12 14.500V4", "M8 7.500L12 3.500l4 4", "M6 11.500v8h12v-8"],
  thumbUp: ["M7.5 11v8.500H4.500V11z", "M7.5 11.500l3.500-7a2 2 0 0 1 2 2.200V10h4.700a1.900 1.900 0 0 1 1.850 2.300l-1.300 5.700a1.900 1.900 0 0 1-1.850 1.500H7.500"],
  thumbDown: ["M16.5 13V4.500h3V13z", "M16.500 12.500l-3.500 7a2 2 0 0 1-2-2.200V14H6.300a1.900 1.900 0 0 1-1.850-2.300l1.300-5.700A1.900 1.900 0 0 1 7.600 4.500h8.900"],
  talk: ["M5 5.500h14a1.500 1.500 0 0 1 1.500 1.500v8.500A1.500 1.500 0 0 1 19 17h-6.500L8 20.500V17H5a1.500 1.500 0 0 1-1.500-1.500V7A1.500 1.500 0 0 1 5 5.500z"],
  memory: ["M7 4.500h10v15l-5-4-5 4z"],
  bell: ["M6.500 16.500V11a5.500 5.500 0 0 1 11 0v5.500l1.500 1.500H5z", "M10.500 20.500h3"],
  settings: ["M4 7h9", "M17 7h3", "M15 4.800a2.200 2.200 0 1 0 0 4.400 2.200 2.200 0 0 0 0-4.400z", "M4 17h3", "M11 17h9", "M9 14.800a2.200 2.200 0 1 0 0 4.400 2.200 2.200 0 0 0 0-4.400z"],
  pin: ["M9.500 4h5l-.7 5.500 3.200 3.500H7l3.200-3.500z", "M12 13v6.500"],
  lock: ["M6.500 11h11v8.500h-11z", "M8.500 11V8a3.500 3.500 0 0 1 7 0v3"],
  heart: ["M12 20s-7.5-4.6-7.5-10A4.2 4.2 0 0 1 12 7.6 4.2 4.2 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10z"],
  search: ["M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12z", "M15.500 15.500L20 20"],
};

const SHAPES = {
  brand: ["M12 2.500c4 4 6.3 7.2 6.3 11a6.3 6.3 0 0 1-12.6 0c0-2.3 1-4.2 2.7-5.9.5 1.7 1.4 2.7 2.7 3.2-.5-2.8-.4-5.5.9-8.300z"],
  stop: ["M7 7h10v10H7z"],
};

// A moon for the one who listens, a plan for the one who builds, a chart, and joined hands.
const MARKS: Record<string, string[]> = {
  lua: ["M15.5 5.500a7.2 7.2 0 1 0 3 9.8 5.9 5.9 0 0 1-3-9.800z"],
  elro: ["M6 17.500V9l6-3.500L18 9v8.500z", "M6 9l6 3.500L18 9", "M12 12.500v5"],
  riri: ["M6 18v-5", "M12 18V6", "M18 18v-8"],
  nana: ["M9.5 7.500a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z", "M14.5 7.500a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z"],
};

export type IconName = keyof typeof LINES | keyof typeof SHAPES;

interface IconProps {
  name: IconName;
  colour: string;
  size?: number;
  /** Whether it is filled faintly, as something that was chosen. */
  filled?: boolean;
}

/** An icon; it is decoration, so the control around it needs a name. */
export function Icon({ name, colour, size = 22, filled = false }: IconProps) {
  if (name === "brand" || name === "stop") return <Drawing paths={SHAPES[name]} size={size} fill={colour} />;
  const width = name === "more" ? 2.8 : 1.8;
  return <Drawing paths={LINES[name]} size={size} stroke={colour} width={width} fill={filled ? colour : "none"} fillOpacity={0.28} />;
}

interface DrawingProps {
  paths: string[];
  size: number;
  stroke?: string;
  width?: number;
  fill?: string;
  fillOpacity?: number;
}

function Drawing({ paths, size, stroke = "none", width = 1.8, fill = "none", fillOpacity = 1 }: DrawingProps) {
  return (
    <Svg width={size} height={size} viewBox="0 0 24 24" aria-hidden>
      {paths.map((path) => (
        <Path key={path} d={path} stroke={stroke} strokeWidth={width} strokeLinecap="round" strokeLinejoin="round" fill={fill} fillOpacity={fillOpacity} />
      ))}
    </Svg>
  );
}

interface MarkProps {
  persona: PersonaInfo | null | undefined;
  size?: number;
}

/** A mentor's mark in their colour; a mentor without a drawing shows the initial. */
export function Mark({ persona, size = 32 }: MarkProps) {
  const { colours, serif } = useTheme();
  const round = size / 2;
  const paths = persona ? MARKS[persona.id] : undefined;
  return (
    <View
      aria-hidden
      style={{
        width: size, height: size, alignItems: "center", justifyContent: "center",
        borderRadius: round, borderBottomLeftRadius: size * 0.38,
        backgroundColor: persona?.color ?? colours.wash,
      }}
    >
      {paths && <Drawing paths={paths} size={size * 0.64} stroke="#ffffff" width={1.8} />}
      {persona && !paths && (
        <Body allowFontScaling={false} style={{ color: "#ffffff", fontFamily: serif, fontWeight: "600", fontSize: size * 0.5, lineHeight: size * 0.7 }}>
          {Array.from(persona.name)[0] ?? ""}
        </Body>
      )}
    </View>
  );
}

/** The mark of whoever fits: a dot in the colour of each mentor. */
export function AnyMark({ personas, size = 32 }: { personas: PersonaInfo[]; size?: number }) {
  const { colours } = useTheme();
  const dot = size * 0.28;
  const shown = personas.length ? personas.slice(0, 4).map(({ color }) => color) : Array<string>(4).fill(colours.edge);
  return (
    <View aria-hidden style={{ width: size, height: size, padding: size * 0.14, flexDirection: "row", flexWrap: "wrap", gap: size * 0.16 }}>
      {shown.map((color, at) => (
        <View key={at} style={{ width: dot, height: dot, borderRadius: dot / 2, borderBottomLeftRadius: dot * 0.38, backgroundColor: color }} />
      ))}
    </View>
  );
}
