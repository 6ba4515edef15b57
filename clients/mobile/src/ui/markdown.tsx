// The little Markdown that mentors write, as the phone's own views.

import type { Block, Item, Span } from "@page/markdown";
import { parseMarkdown } from "@page/markdown";
import { memo, useMemo } from "react";
import { ScrollView, Text, View } from "react-native";

import { Body, Prose } from "./text";
import { MONO, useTheme } from "./theme";

interface Props {
  text: string;
  /** Whether the text is still being written, so that its marks may not be closed yet. */
  partial: boolean;
  /** The mentor's colour, for the marks of lists. */
  ink: string;
}

export const Markdown = memo(function Markdown({ text, partial, ink }: Props) {
  const blocks = useMemo(() => parseMarkdown(text, { partial }), [text, partial]);
  return <Blocks blocks={blocks} ink={ink} />;
});

function Blocks({ blocks, ink }: { blocks: Block[]; ink: string }) {
  return (
    <View style={{ gap: 12 }}>
      {blocks.map((block, at) => <One key={at} block={block} ink={ink} />)}
    </View>
  );
}

function One({ block, ink }: { block: Block; ink: string }) {
  const { colours } = useTheme();
  switch (block.kind) {
    case "paragraph":
      return <Prose selectable><Spans spans={block.spans} /></Prose>;
    case "heading":
      return <Prose selectable accessibilityRole="header" style={{ fontWeight: "700", fontSize: 18 }}><Spans spans={block.spans} /></Prose>;
    case "quote":
      return (
        <View style={{ borderLeftWidth: 3, borderColor: colours.line, paddingLeft: 14 }}>
          <Prose selectable style={{ color: colours.soft }}><Spans spans={block.spans} /></Prose>
        </View>
      );
    case "code":
      return (
        <ScrollView horizontal style={{ borderRadius: 14, borderWidth: 1, borderColor: colours.line, backgroundColor: colours.card }}>
          <Text selectable style={{ fontFamily: MONO, fontSize: 14, lineHeight: 21, color: colours.ink, padding: 14 }}>{block.text}</Text>
        </ScrollView>
      );
    case "list":
      return (
        <View style={{ gap: 8 }}>
          {block.items.map((item, at) => (
            <Line key={at} item={item} mark={block.ordered ? `${block.start + at}.` : "•"} ink={ink} />
          ))}
        </View>
      );
    case "table":
      return <Table block={block} />;
    case "rule":
      return <View style={{ height: 1, backgroundColor: colours.line, marginVertical: 4 }} />;
  }
}

function Line({ item, mark, ink }: { item: Item; mark: string; ink: string }) {
  return (
    <View style={{ flexDirection: "row", gap: 8 }}>
      <Prose style={{ color: ink, minWidth: 18, fontWeight: "600" }}>{mark}</Prose>
      <View style={{ flex: 1, gap: 8 }}>
        <Prose selectable><Spans spans={item.spans} /></Prose>
        {item.nested.length > 0 && <Blocks blocks={item.nested} ink={ink} />}
      </View>
    </View>
  );
}

function Table({ block }: { block: Extract<Block, { kind: "table" }> }) {
  const { colours } = useTheme();
  const alignOf = (column: number) => ({ "": "left", center: "center", end: "right" } as const)[block.align[column] ?? ""];
  const cells = (row: Span[][], bold: boolean) => row.map((spans, column) => (
    <Body key={column} selectable style={{ width: 132, paddingHorizontal: 12, paddingVertical: 9, fontSize: 15, textAlign: alignOf(column), fontWeight: bold ? "700" : "400" }}>
      <Spans spans={spans} />
    </Body>
  ));
  return (
    <ScrollView horizontal style={{ borderRadius: 14, borderWidth: 1, borderColor: colours.line, backgroundColor: colours.card }}>
      <View>
        <View style={{ flexDirection: "row" }}>{cells(block.head, true)}</View>
        {block.rows.map((row, at) => (
          <View key={at} style={{ flexDirection: "row", borderTopWidth: 1, borderColor: colours.line }}>{cells(row, false)}</View>
        ))}
      </View>
    </ScrollView>
  );
}

function Spans({ spans }: { spans: Span[] }) {
  const { colours } = useTheme();
  return spans.map((span, at) => {
    switch (span.kind) {
      case "text":
        return span.text;
      case "code":
        return <Text key={at} style={{ fontFamily: MONO, fontSize: 15, backgroundColor: colours.wash }}>{span.text}</Text>;
      case "strong":
        return <Text key={at} style={{ fontWeight: "700" }}><Spans spans={span.spans} /></Text>;
      case "em":
        return <Text key={at} style={{ fontStyle: "italic" }}><Spans spans={span.spans} /></Text>;
    }
  });
}
