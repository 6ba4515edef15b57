// From the tree of core/markdown.js to elements, touching only blocks that changed.

import { parseMarkdown, spokenText } from "../core/markdown.js";
import { el } from "./dom.js";

/** Show a text in an element; while it streams, only its last blocks are built anew. */
export function showMarkdown(element, text, { partial = false } = {}) {
  const blocks = parseMarkdown(text, { partial });
  const shown = element.shownBlocks ?? [];
  const keys = blocks.map((block) => JSON.stringify(block));
  let same = 0;
  while (same < keys.length && shown[same] === keys[same]) same += 1;
  while (element.children.length > same) element.lastElementChild.remove();
  element.append(...blocks.slice(same).map(blockElement));
  element.shownBlocks = keys;
}

const BLOCKS = {
  paragraph: ({ spans }) => el("p", {}, inline(spans)),
  heading: ({ spans }) => el("h3", {}, inline(spans)),
  quote: ({ spans }) => el("blockquote", {}, inline(spans)),
  rule: () => el("hr"),
  code: ({ text, language }) => el("pre", scrollable(language || "code"), el("code", {}, text)),
  list: ({ ordered, start, items }) =>
    el(ordered ? "ol" : "ul", { start: ordered && start !== 1 && start }, items.map(listItem)),
  table: ({ head, rows, align }) =>
    el("div", { class: "table", ...scrollable(spokenText(head)) }, el("table", {},
      el("thead", {}, el("tr", {}, head.map((cell, at) => cellElement("th", cell, align[at])))),
      el("tbody", {}, rows.map((row) =>
        el("tr", {}, row.map((cell, at) => cellElement("td", cell, align[at]))))))),
};

/** What may be wider than the page scrolls by itself, also with the keyboard. */
function scrollable(name) {
  return { tabindex: "0", role: "group", "aria-label": name };
}

function blockElement(block) {
  return BLOCKS[block.kind](block);
}

function listItem({ spans, nested }) {
  return el("li", {}, inline(spans), nested.map(blockElement));
}

function cellElement(tag, spans, align) {
  return el(tag, { class: align && `to-${align}`, scope: tag === "th" && "col" }, inline(spans));
}

function inline(spans) {
  return spans.flatMap((span) => {
    if (span.kind === "strong") return el("strong", {}, inline(span.spans));
    if (span.kind === "em") return el("em", {}, inline(span.spans));
    if (span.kind === "code") return el("code", {}, span.text);
    return span.text.split("\n").flatMap((line, at) => (at ? [el("br"), line] : [line]));
  });
}
