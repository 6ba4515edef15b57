// Whether everybody can use the widget: audits by axe, the keyboard alone, what is read aloud, phones.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type {} from "../src/widget/launcher/index";
import { type Widget, startBrowser, visit } from "./widget";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
let browser: Browser;
let axe: string;

beforeAll(async () => {
  browser = await startBrowser();
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
});

afterAll(() => browser.close());

/** Return how many parts of the widget move; a document does not know what moves in shadow trees. */
function moving(): number {
  const all = document.querySelector("ion-chat")?.shadowRoot?.getAnimations() ?? [];
  return all.filter(({ playState }) => playState === "running").length;
}

/** Wait until nothing moves but what moves for ever. */
async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const all = document.querySelector("ion-chat")?.shadowRoot?.getAnimations() ?? [];
    const ending = all.filter(({ effect }) => effect?.getTiming().iterations !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
}

/** Return what axe has against the page as it is, with everything that it knows. */
async function violations({ page }: Widget): Promise<string[]> {
  await still(page);
  return page.evaluate(async () => {
    const rules = { region: { enabled: false } };
    const { violations: found } = await (window as any).axe.run(document, { rules });
    return found.flatMap(({ id, nodes }: any) => nodes.map((node: any) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
  });
}

const LOOKS: [string, string, BrowserContextOptions, string][] = [
  ["light", "?", {}, "Please make a list of three small steps."],
  ["dark", "?", { colorScheme: "dark" }, "Please make a list of three small steps."],
  ["Korean, dark by attribute", "?lang=ko&theme=dark", { locale: "ko-KR" }, "작은 걸음 세 가지를 알려 주세요."],
  ["right to left", "?lang=ar&dir=rtl", { locale: "ar" }, "ساعدني من فضلك"],
  ["a phone", "?", PHONE, "Please make a list of three small steps."],
];

test.each(LOOKS)("axe has nothing against it: %s", async (_, query, options, text) => {
  // an audit's own script is none that the page allows
  const widget = await visit(browser, inject("site") + query, { ...options, bypassCSP: true });
  const { page } = widget;
  await page.evaluate(axe);
  await widget.open();
  await page.locator("ion-chat .faces li").first().waitFor();
  expect(await violations(widget)).toEqual([]);
  await widget.ask(text);
  await page.context().setOffline(true);
  await widget.say(text);
  await page.locator("ion-chat .said[data-status=queued]").waitFor();
  expect(await violations(widget)).toEqual([]);
  await page.context().close();
});

test("all of it works with the keyboard, and the focus comes back to where it was", async () => {
  const widget = await visit(browser, inject("site"));
  const { page } = widget;
  await widget.launcher.waitFor();
  await page.locator("#help").focus();
  await page.keyboard.press("Tab");
  await expect.poll(() => widget.focused()).toBe("launcher");
  await page.keyboard.press("Enter");
  await widget.panel.waitFor();
  await expect.poll(() => widget.focused()).toBe("input");
  await page.keyboard.type("How do I say no?");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("Kindly.");
  await page.keyboard.press("Enter");
  await widget.answers.first().waitFor();
  expect(await widget.said.locator(".said-text").innerText()).toBe("How do I say no?\nKindly.");
  await page.keyboard.press("Escape");
  await widget.panel.waitFor({ state: "hidden" });
  await expect.poll(() => widget.focused()).toBe("launcher");

  await page.locator("#help").focus();
  await page.evaluate(() => window.IonChat.open());
  await expect.poll(() => widget.focused()).toBe("input");
  await page.keyboard.press("Escape");
  await expect.poll(() => widget.focused()).toBe("help");
  await page.context().close();
});

test("a whole answer is read aloud once, and never its parts", async () => {
  const widget = await visit(browser, inject("site"));
  await widget.open();
  await widget.ask("A first one, so that the log is awake");
  await widget.page.waitForTimeout(1_200);
  const log = widget.page.getByRole("log");
  expect(await log.getAttribute("aria-live")).toBe("polite");
  await log.evaluate((element) => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    const observer = new MutationObserver((changes) => {
      for (const { addedNodes } of changes) {
        for (const node of addedNodes) {
          const quiet = (node.parentElement ?? element).closest("[aria-live=off]") || (node as Element).ariaLive === "off";
          if (!quiet) heard.push((node.textContent ?? "").trim());
        }
      }
    });
    observer.observe(element, { childList: true, subtree: true, characterData: true });
  });
  const answer = await widget.ask("And a second one");

  await expect.poll(() => widget.page.evaluate(() => (window as any).heard.length)).toBeGreaterThan(0);
  const heard: string[] = await widget.page.evaluate(() => (window as any).heard);
  const spoken = heard.filter((text) => text !== "");
  expect(spoken.length).toBe(1);
  expect(spoken[0]?.replace(/\s+/g, "")).toContain(answer.replace(/\s+/g, ""));
  await widget.page.context().close();
});

test("on a phone it fills the screen down to the keyboard, and the focus stays in it", async () => {
  const widget = await visit(browser, inject("site"), PHONE);
  const { page } = widget;
  await widget.launcher.tap();
  await widget.panel.waitFor();
  await still(page);
  expect(await widget.panel.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
  expect(await widget.launcher.isVisible()).toBe(false);
  // the keyboard does not come up unasked
  expect(await widget.focused()).toContain("panel");
  await page.evaluate(() => {
    Object.defineProperty(visualViewport, "height", { get: () => 500, configurable: true });
    visualViewport?.dispatchEvent(new Event("resize"));
  });
  expect((await widget.panel.boundingBox())?.height).toBe(500);
  const small = await page.locator("ion-chat button:visible").evaluateAll((all) => all
    .map((each) => each.getBoundingClientRect())
    .filter(({ width, height }) => width < 43.5 || height < 43.5).length);
  expect(small).toBe(0);
  for (let press = 0; press < 12; press += 1) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("ION-CHAT");
  }
  await page.getByRole("button", { name: "Close the chat" }).last().tap();
  expect(await widget.panel.isVisible()).toBe(false);
  await page.context().close();
});

test("who wants no motion sees none", async () => {
  const widget = await visit(browser, inject("site"), { reducedMotion: "reduce" });
  await widget.open();
  await widget.say("Does anything move?");
  await widget.page.locator("ion-chat .answer[aria-busy]").waitFor();
  expect(await widget.page.evaluate(moving)).toBe(0);
  await widget.page.context().close();
});
