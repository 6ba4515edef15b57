// What the banner says and for how long, without a browser.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { panelWords } from "../src/widget/panel/words";
import { Banner } from "../src/widget/view/banner";

/** As much of an element as the banner needs. */
class FakeElement {
  dataset: Record<string, string> = {};
  hidden = false;
  textContent = "";
  children: unknown[] = [];

  append(...children: unknown[]): void {
    this.children.push(...children);
  }

  setAttribute(): void {}

  addEventListener(): void {}
}

let banner: Banner;
const words = panelWords("en", {});
const said = (): string => ((banner.element as unknown as FakeElement).children[0] as FakeElement).textContent;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { createElement: () => new FakeElement() });
  banner = new Banner(words, () => {});
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what passes is said for five seconds, also while a connection is made for who comes next", () => {
  banner.show("open", "", true);
  banner.tell(words.expired);
  banner.show("connecting", "", true);
  vi.advanceTimersByTime(300);
  banner.show("open", "", true);
  vi.advanceTimersByTime(4_600);
  expect(said()).toBe(words.expired);
  vi.advanceTimersByTime(100);
  expect(said()).toBe("");
});

test("trouble is said in its place, and stays", () => {
  banner.tell(words.expired);
  banner.show("waiting", "closed", false);
  vi.advanceTimersByTime(6_000);
  expect(said()).toBe(words.offline);
  banner.show("open", "", true);
  expect(said()).toBe(words.back);
  vi.advanceTimersByTime(2_500);
  expect(said()).toBe("");
});

test("what is told soon after it came back is said for five seconds", () => {
  banner.show("waiting", "closed", false);
  banner.show("open", "", true);
  vi.advanceTimersByTime(1_000);
  banner.tell(words.expired);
  vi.advanceTimersByTime(4_900);
  expect(said()).toBe(words.expired);
});

test("of two things told the second is said for as long", () => {
  banner.tell("one");
  vi.advanceTimersByTime(4_900);
  banner.tell("two");
  vi.advanceTimersByTime(4_900);
  expect(said()).toBe("two");
});

test("what is told gives way to trouble that has passed", () => {
  banner.tell("signed out");
  banner.show("denied", "", true);
  banner.show("open", "", true);
  vi.advanceTimersByTime(2_400);
  expect(said()).toBe(words.back);
  vi.advanceTimersByTime(200);
  expect(said()).toBe("");
});
