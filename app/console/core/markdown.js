// The little Markdown that mentors write, as a tree of plain objects; nothing here knows HTML.
//
// block:  { kind: "paragraph" | "heading" | "quote", spans } | { kind: "code", text, language }
//         | { kind: "list", ordered, start, items: [{ spans, nested: [block] }] }
//         | { kind: "table", head: [spans], rows: [[spans]], align: ["" | "center" | "end"] }
//         | { kind: "rule" }
// span:   { kind: "text" | "strong" | "em" | "code", text } ; strong and em hold `spans`

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.+?)\s*#*$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const ITEM = /^(\s*)([-*+•]|\d{1,3}[.)])\s+(.*)$/;
const QUOTE = /^ {0,3}> ?(.*)$/;
const ROW = /^\s*\|.*$/;
const DIVIDER = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** Parse a whole text, or one that is still being written, whose marks may not be closed yet. */
export function parseMarkdown(text, { partial = false } = {}) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks = [];
  let at = 0;
  while (at < lines.length) {
    if (!lines[at].trim()) {
      at += 1;
      continue;
    }
    const [block, next] = readBlock(lines, at, partial);
    if (block) blocks.push(block);
    at = next;
  }
  return blocks;
}

function readBlock(lines, at, partial) {
  const line = lines[at];
  if (FENCE.test(line)) return readCode(lines, at);
  if (RULE.test(line)) return [{ kind: "rule" }, at + 1];
  const heading = HEADING.exec(line);
  if (heading) return [{ kind: "heading", spans: parseSpans(heading[2], partial) }, at + 1];
  if (QUOTE.test(line)) return readQuote(lines, at, partial);
  if (beginsTable(lines, at, partial)) return readTable(lines, at, partial);
  if (ITEM.test(line)) return readList(lines, at, partial);
  return readParagraph(lines, at, partial);
}

function readCode(lines, at) {
  const [, fence, language] = FENCE.exec(lines[at]);
  let end = at + 1;
  while (end < lines.length && !lines[end].trim().startsWith(fence)) end += 1;
  return [{ kind: "code", language, text: lines.slice(at + 1, end).join("\n") }, end + 1];
}

function readQuote(lines, at, partial) {
  const quoted = [];
  for (; at < lines.length && QUOTE.test(lines[at]); at += 1) quoted.push(QUOTE.exec(lines[at])[1]);
  return [{ kind: "quote", spans: parseSpans(quoted.join("\n"), partial) }, at];
}

function beginsTable(lines, at, partial) {
  if (!ROW.test(lines[at])) return false;
  return at + 1 < lines.length
    ? DIVIDER.test(lines[at + 1]) || (partial && at + 2 === lines.length && /^[\s|:-]*$/.test(lines[at + 1]))
    : partial;
}

function readTable(lines, at, partial) {
  const head = cells(lines[at]).map((cell) => parseSpans(cell, partial));
  const align = cells(lines[at + 1] ?? "").map(alignment);
  const rows = [];
  let next = at + 2;
  for (; next < lines.length && ROW.test(lines[next]); next += 1) {
    const row = cells(lines[next]).map((cell) => parseSpans(cell, partial));
    rows.push(head.map((_, column) => row[column] ?? []));
  }
  return [{ kind: "table", head, rows, align: head.map((_, column) => align[column] ?? "") }, next];
}

function cells(line) {
  const inner = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function alignment(cell) {
  if (!cell.endsWith(":")) return "";
  return cell.startsWith(":") ? "center" : "end";
}

function readList(lines, at, partial) {
  const [, indent, mark] = ITEM.exec(lines[at]);
  const ordered = /\d/.test(mark);
  const items = [];
  while (at < lines.length) {
    const item = ITEM.exec(lines[at]);
    if (!item || item[1].length < indent.length || /\d/.test(item[2]) !== ordered) break;
    const [read, next] = readItem(lines, at, indent.length, partial);
    items.push(read);
    at = afterBlank(lines, next, indent.length, ordered);
  }
  return [{ kind: "list", ordered, start: ordered ? parseInt(mark, 10) : 1, items }, at];
}

function readItem(lines, at, indent, partial) {
  const text = [ITEM.exec(lines[at])[3]];
  const nested = [];
  at += 1;
  while (at < lines.length && lines[at].trim() && /^\s/.test(lines[at])) {
    const item = ITEM.exec(lines[at]);
    if (item && item[1].length <= indent) break;
    if (item) {
      const [list, next] = readList(lines, at, partial);
      nested.push(list);
      at = next;
    } else {
      text.push(lines[at].trim());
      at += 1;
    }
  }
  return [{ spans: parseSpans(text.join("\n"), partial), nested }, at];
}

/** A blank line between two items does not end their list. */
function afterBlank(lines, at, indent, ordered) {
  let next = at;
  while (next < lines.length && !lines[next].trim()) next += 1;
  const item = next > at && next < lines.length ? ITEM.exec(lines[next]) : null;
  const same = item && item[1].length === indent && /\d/.test(item[2]) === ordered;
  return same ? next : at;
}

function readParagraph(lines, at, partial) {
  const begin = at;
  at += 1;
  while (at < lines.length && lines[at].trim() && !interrupts(lines, at, partial)) at += 1;
  const text = lines.slice(begin, at).map((line) => line.trim()).join("\n");
  return [{ kind: "paragraph", spans: parseSpans(text, partial) }, at];
}

function interrupts(lines, at, partial) {
  const line = lines[at];
  return [FENCE, HEADING, RULE, QUOTE, ITEM].some((begin) => begin.test(line))
    || beginsTable(lines, at, partial);
}

const MARKS = /(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)|(\*\*|__)(?=\S)([\s\S]*?\S)\3|([*_])(?=[^\s*_])([\s\S]*?[^\s*_])\5(?![\w*_])/;

/** Parse what stands in one line or paragraph. */
export function parseSpans(text, partial = false) {
  const spans = [];
  let rest = text;
  for (let found = nextMark(rest); found; found = nextMark(rest)) {
    if (found.index) spans.push(plain(rest.slice(0, found.index)));
    const [whole, , code, , strong, , em] = found;
    if (code !== undefined) spans.push({ kind: "code", text: code });
    else if (strong !== undefined) spans.push({ kind: "strong", spans: parseSpans(strong) });
    else spans.push({ kind: "em", spans: parseSpans(em) });
    rest = rest.slice(found.index + whole.length);
  }
  return rest ? [...spans, ...(partial ? unclosed(rest) : [plain(rest)])] : spans;
}

/** Underscores and stars inside a word, as in snake_case, are no marks, nor are escaped ones. */
function nextMark(text) {
  let from = 0;
  while (from < text.length) {
    const found = MARKS.exec(text.slice(from));
    if (!found) return null;
    found.index += from;
    const before = text[found.index - 1] ?? " ";
    const inWord = found[5] !== undefined || found[3] === "__";
    if (before !== "\\" && (!inWord || !/[\p{L}\p{N}*_]/u.test(before))) return found;
    from = found.index + 1;
  }
  return null;
}

/** What a mark opened and the next words will close is shown as if it were closed already. */
function unclosed(rest) {
  const open = /(\*\*|`)(?!\s)([^*`]*)\*?$/.exec(rest);
  if (!open) return [plain(rest.replace(/(^|\s)\*{1,2}$/, "$1"))].filter((span) => span.text);
  const before = rest.slice(0, open.index);
  const kind = open[1] === "`" ? "code" : "strong";
  const inner = kind === "code" ? { kind, text: open[2] } : { kind, spans: [plain(open[2])] };
  return [...(before ? [plain(before)] : []), ...(open[2] ? [inner] : [])];
}

function plain(text) {
  return { kind: "text", text: text.replace(/\\([\\`*_|#>-])/g, "$1") };
}

/** Return the cells of a table's row as one line. */
export function spokenText(row) {
  return row.map(words).join(", ");
}

function words(spans) {
  return spans.map((span) => span.text ?? words(span.spans)).join("");
}
