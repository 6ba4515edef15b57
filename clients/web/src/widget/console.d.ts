// The page's own modules that the widget is built from; see app/console.

declare module "*/console/view/dom.js" {
  type Child = Node | string | null | undefined | false;
  export function el(
    tag: string,
    props?: Record<string, unknown>,
    ...children: (Child | Child[])[]
  ): HTMLElement;
  export function arrange(parent: Element, children: Element[]): void;
  export function setText(element: Element, text: string): void;
  export function setAttribute(
    element: Element, name: string, value: string | boolean | null | undefined,
  ): void;
}

declare module "*/console/view/icons.js" {
  export function icon(name: string): SVGElement;
  export function mark(persona: { id: string; name: string; color: string } | null): HTMLElement;
  export function anyMark(personas: Map<string, { color: string }>): HTMLElement;
}

declare module "*/console/view/markdown.js" {
  export function showMarkdown(
    element: HTMLElement, text: string, options?: { partial?: boolean },
  ): void;
}

declare module "*/console/view/safety.js" {
  export function safetyCard(
    resources: readonly unknown[] | undefined,
    words: {
      safetyTitle: string;
      safetyText: string;
      website: string;
      checked: (date: string) => string;
      call: (name: string, contact: string) => string;
    },
  ): HTMLElement[];
}

declare module "*/console/core/text.js" {
  export const MOST_CHARS: number;
  export function length(text: string): number;
  export function hasContent(text: string): boolean;
  export function languageOf(text: string): "en" | "ko";
}

declare module "*.css" {
  const css: string;
  export default css;
}

/** The panel's file beside the launcher, with a query that changes with what is in it. */
declare const PANEL_FILE: string;
