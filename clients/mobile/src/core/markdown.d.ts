// What the page's Markdown parser returns; metro, jest and tsc find it as "@page/markdown".

export type Span =
  | { kind: "text" | "code"; text: string }
  | { kind: "strong" | "em"; spans: Span[] };

export interface Item {
  spans: Span[];
  nested: Block[];
}

export type Block =
  | { kind: "paragraph" | "heading" | "quote"; spans: Span[] }
  | { kind: "code"; text: string; language: string }
  | { kind: "list"; ordered: boolean; start: number; items: Item[] }
  | { kind: "table"; head: Span[][]; rows: Span[][][]; align: ("" | "center" | "end")[] }
  | { kind: "rule" };

export function parseMarkdown(text: string, options?: { partial?: boolean }): Block[];
export function spokenText(row: Span[][]): string;
