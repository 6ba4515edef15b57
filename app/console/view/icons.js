// Line icons on a 24 x 24 grid, and the marks of the mentors.

const NS = "http://www.w3.org/2000/svg";

const LINES = {
  menu: ["M4 7h16", "M4 12h11", "M4 17h16"],
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
  back: ["M14 7l-5 5 5 5"],
  on: ["M10 7l5 5-5 5"],
  again: ["M19 12a7 7 0 1 1-2.2-5.1", "M19 4.500v4h-4"],
  thumbUp: ["M7.5 11v8.500H4.500V11z", "M7.5 11.500l3.500-7a2 2 0 0 1 2 2.200V10h4.700a1.900 1.900 0 0 1 1.850 2.300l-1.300 5.700a1.900 1.900 0 0 1-1.850 1.500H7.500"],
  thumbDown: ["M16.5 13V4.500h3V13z", "M16.500 12.500l-3.500 7a2 2 0 0 1-2-2.200V14H6.300a1.900 1.900 0 0 1-1.850-2.300l1.300-5.700A1.900 1.900 0 0 1 7.600 4.500h8.900"],
  sun: ["M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M12 2.5V5", "M12 19v2.5", "M2.5 12H5", "M19 12h2.5", "M5.3 5.3L7 7", "M17 17l1.7 1.7", "M5.3 18.7L7 17", "M17 7l1.7-1.7"],
  memory: ["M7 4.500h10v15l-5-4-5 4z"],
  person: ["M12 4.500a3.750 3.750 0 1 0 0 7.500 3.750 3.750 0 0 0 0-7.500z", "M5 20c.8-3.700 3.500-5.500 7-5.500s6.200 1.800 7 5.500"],
  bell: ["M6.500 16.500V11a5.500 5.500 0 0 1 11 0v5.500l1.500 1.500H5z", "M10.500 20.500h3"],
  calendar: ["M5 6.500h14v13H5z", "M5 10.500h14", "M8.500 4v4", "M15.500 4v4"],
  pin: ["M9.500 4h5l-.7 5.500 3.200 3.500H7l3.200-3.500z", "M12 13v6.500"],
  lock: ["M6.500 11h11v8.500h-11z", "M8.500 11V8a3.500 3.500 0 0 1 7 0v3"],
  globe: ["M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z", "M3.5 12h17", "M12 3.5c5 5 5 12 0 17", "M12 3.5c-5 5-5 12 0 17"],
  heart: ["M12 20s-7.5-4.6-7.5-10A4.2 4.2 0 0 1 12 7.6 4.2 4.2 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10z"],
};

const SHAPES = {
  brand: ["M12 2.500c4 4 6.3 7.2 6.3 11a6.3 6.3 0 0 1-12.6 0c0-2.3 1-4.2 2.7-5.9.5 1.7 1.4 2.7 2.7 3.2-.5-2.8-.4-5.5.9-8.300z"],
  stop: ["M7 7h10v10H7z"],
};

// A moon for the one who listens, a plan for the one who builds, a chart, and joined hands.
const MARKS = {
  lua: ["M15.5 5.500a7.2 7.2 0 1 0 3 9.8 5.9 5.9 0 0 1-3-9.800z"],
  elro: ["M6 17.500V9l6-3.500L18 9v8.500z", "M6 9l6 3.500L18 9", "M12 12.500v5"],
  riri: ["M6 18v-5", "M12 18V6", "M18 18v-8"],
  nana: ["M9.5 7.500a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z", "M14.5 7.500a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z"],
};

/** Return the mark of whoever fits: a dot in the colour of each mentor. */
export function anyMark(personas) {
  const badge = mark(null);
  badge.classList.add("any");
  for (const { color } of personas.values()) {
    const dot = document.createElement("i");
    dot.style.setProperty("--persona", color);
    badge.append(dot);
  }
  return badge;
}

/** Return an icon; it is decoration, so the control around it needs a name. */
export function icon(name) {
  const filled = Object.hasOwn(SHAPES, name);
  return svg(filled ? SHAPES[name] : LINES[name], filled);
}

/** Return a mentor's mark in their colour; a mentor without a drawing shows the initial. */
export function mark(persona) {
  const badge = document.createElement("span");
  badge.className = "mark";
  badge.setAttribute("aria-hidden", "true");
  if (!persona) return badge;
  badge.style.setProperty("--persona", persona.color);
  if (Object.hasOwn(MARKS, persona.id)) badge.append(svg(MARKS[persona.id], false));
  else badge.append(Array.from(persona.name)[0] ?? "");
  return badge;
}

function svg(paths, filled) {
  const root = document.createElementNS(NS, "svg");
  const attributes = { viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" };
  for (const [name, value] of Object.entries(attributes)) root.setAttribute(name, value);
  root.classList.add("icon", filled ? "filled" : "lined");
  for (const d of paths) {
    const path = document.createElementNS(NS, "path");
    path.setAttribute("d", d);
    root.append(path);
  }
  return root;
}
