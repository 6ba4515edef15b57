import assert from "node:assert/strict";
import { test } from "node:test";

import { parseMarkdown, parseSpans, spokenText } from "../../app/console/core/markdown.js";
import { seeded } from "./helpers.mjs";

const kinds = (text, options) => parseMarkdown(text, options).map((block) => block.kind);
const flat = (spans) => spans.map((span) => (span.spans ? `<${span.kind}>${flat(span.spans)}</>` : span.kind === "code" ? `<code>${span.text}</>` : span.text)).join("");
const shown = (text, partial) => flat(parseSpans(text, partial));

test("paragraphs end at blank lines and keep their line breaks", () => {
  const [first, second] = parseMarkdown("one\ntwo\r\n\n\n three ");
  assert.deepEqual([flat(first.spans), flat(second.spans)], ["one\ntwo", "three"]);
  assert.deepEqual(parseMarkdown(" \n\n"), []);
});

test("bold, italic and code", () => {
  assert.equal(shown("a **b *c* d** _e_ `f **g**`"), "a <strong>b <em>c</> d</> <em>e</> <code>f **g**</>");
  assert.equal(shown("``a ` b``"), "<code>a ` b</>");
  assert.equal(shown("__bold__**bold**"), "<strong>bold</><strong>bold</>");
  assert.equal(shown("**루아**는"), "<strong>루아</>는");
});

test("marks that are none stay as they are", () => {
  for (const text of ["snake_case_name", "2 * 3 * 4", "a ** b", "5*3*2", "(*", "*"]) {
    assert.equal(shown(text), text);
  }
  assert.equal(shown("\\*not bold\\*"), "*not bold*");
});

test("headings, quotes, rules and fences", () => {
  assert.deepEqual(kinds("## Title ##\ntext\n> said\n> more\n***\n```py\nx = '**'\n\n# y\n```\nend"), ["heading", "paragraph", "quote", "rule", "code", "paragraph"]);
  const [code] = parseMarkdown("~~~ts\na\n\nb\n~~~");
  assert.deepEqual(code, { kind: "code", language: "ts", text: "a\n\nb" });
  assert.equal(kinds("#hashtag")[0], "paragraph");
});

test("lists, ordered or not, nested, loose and with lazy lines", () => {
  const [list] = parseMarkdown("3. three\n   more of it\n   - inner\n   - inner two\n\n4. four");
  assert.deepEqual([list.ordered, list.start, list.items.length], [true, 3, 2]);
  assert.equal(flat(list.items[0].spans), "three\nmore of it");
  assert.deepEqual(list.items[0].nested[0].items.map((item) => flat(item.spans)), ["inner", "inner two"]);
  assert.deepEqual(kinds("- a\n* b\n\ntext\n1. c\n- d"), ["list", "paragraph", "list", "list"]);
  assert.deepEqual(kinds("- a\n\n\n1. b"), ["list", "list"]);
  assert.deepEqual(kinds("-a\n1.b"), ["paragraph"]);
});

test("tables keep their columns, whatever a row brings", () => {
  const [table] = parseMarkdown("| a | b \\| c |\n|:-:|--:|\n| 1 |\n| 1 | 2 | 3 |\nend");
  assert.deepEqual([table.align, table.rows.length], [["center", "end"], 2]);
  assert.equal(spokenText(table.head), "a, b | c");
  assert.deepEqual(table.rows.map(spokenText), ["1, ", "1, 2"]);
  assert.deepEqual(kinds("| not a table\nat all"), ["paragraph"]);
  assert.deepEqual(kinds("text\n| a |\n|---|"), ["paragraph", "table"]);
});

test("a text that is still being written does not flicker between forms", () => {
  assert.equal(shown("say **bol", true), "say <strong>bol</>");
  assert.equal(shown("say **bold*", true), "say <strong>bold</>");
  assert.equal(shown("say **", true), "say ");
  assert.equal(shown("**", true), "");
  assert.equal(shown("use `co", true), "use <code>co</>");
  assert.equal(shown("use `", true), "use ");
  assert.deepEqual(kinds("| a |", { partial: true }), ["table"]);
  assert.deepEqual(kinds("| a |\n|-", { partial: true }), ["table"]);
  assert.deepEqual(kinds("| a |\nb", { partial: true }), ["paragraph"]);
  assert.deepEqual(kinds("```js\nlet", { partial: true }), ["code"]);
});

test("of any text, whole or cut anywhere, no letter is lost and nothing throws or hangs", () => {
  const pieces = ["**", "*", "_", "`", "```\n", "| a | b |\n", "|---|\n", "- ", "1. ", "> ", "# ", "\n", "\n\n", "  ", "word", "한글", "\\*", "---\n"];
  const letters = (value) => (JSON.stringify(value).match(/word|한글/g) ?? []).length;
  for (let seed = 1; seed <= 400; seed += 1) {
    const random = seeded(seed);
    const text = Array.from({ length: 30 }, () => pieces[Math.floor(random() * pieces.length)]).join("");
    const asCode = text.replaceAll("```\n", "");
    assert.ok(letters(parseMarkdown(asCode)) <= letters(asCode));
    if (!asCode.includes("|")) assert.equal(letters(parseMarkdown(asCode)), letters(asCode), `seed ${seed}`);
    for (let cut = 0; cut < text.length; cut += 3) parseMarkdown(text.slice(0, cut), { partial: true });
  }
});

test("a long hostile text is parsed in time", () => {
  for (const piece of ["*", "**a", "`", "_a", "|", "> ", "- "]) {
    const begin = process.hrtime.bigint();
    parseMarkdown(piece.repeat(8_000), { partial: true });
    assert.ok(process.hrtime.bigint() - begin < 3_000_000_000n, piece);
  }
});
