// The list of conversations: going to one and back, with and without a network, and never another person's.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type {} from "../src/widget/launcher/index";
import { idToken } from "./tokens";
import { type Widget, startBrowser, visit } from "./widget";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
let browser: Browser;
let axe: string;

beforeAll(async () => {
  browser = await startBrowser();
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
});

afterAll(() => browser.close());

const list = ({ page }: Widget): Locator => page.locator("ion-chat [part=list]");
const rows = (widget: Widget): Locator => list(widget).getByRole("listitem");
const titles = (widget: Widget): Promise<string[]> => list(widget).locator(".row-title").allInnerTexts();
const tool = ({ page }: Widget, name: string | RegExp): Locator => page.getByRole("dialog").getByRole("button", { name });
const said = (widget: Widget): Promise<string[]> => widget.said.locator(".said-text").allInnerTexts();

async function withTwo(options: BrowserContextOptions = {}, query = ""): Promise<Widget> {
  const widget = await visit(browser, inject("site") + query, options);
  await widget.open();
  await widget.ask("How do I rest?");
  await widget.page.locator("ion-chat .head > button:nth-last-child(2)").click();
  await widget.page.locator("ion-chat .welcome").waitFor();
  await widget.ask("How do I ask for a raise?");
  return widget;
}

const signIn = ({ page }: Widget, name: string): Promise<void> =>
  page.evaluate((token) => window.IonChat.identify(async () => token), idToken(name));

test("a person goes from one conversation to another and back with the keyboard alone", async () => {
  const widget = await withTwo();
  const { page } = widget;
  await page.getByRole("button", { name: "Conversations" }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => titles(widget)).toEqual(["How do I ask for a raise?", "How do I rest?"]);
  await expect.poll(() => rows(widget).first().getByRole("button").getAttribute("aria-current")).toBe("true");
  expect(await list(widget).getByRole("list").count()).toBe(1);
  expect(await widget.focused()).toBe("row");
  expect(await widget.field.isVisible()).toBe(false);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect.poll(() => said(widget)).toEqual(["How do I rest?"]);
  expect(await widget.focused()).toBe("input");
  expect(await list(widget).isVisible()).toBe(false);

  // Escape leaves the list first, then the panel
  await page.getByRole("button", { name: "Conversations" }).click();
  await expect.poll(() => widget.focused()).toBe("row");
  await page.keyboard.press("Escape");
  expect(await list(widget).isVisible()).toBe(false);
  expect(await widget.focused()).toBe("tool");
  expect(await said(widget)).toEqual(["How do I rest?"]);
  await page.keyboard.press("Escape");
  await widget.panel.waitFor({ state: "hidden" });

  // where the person was they are after a reload
  await page.reload();
  await widget.open();
  await expect.poll(() => said(widget)).toEqual(["How do I rest?"]);
  await tool(widget, "Conversations").click();
  await tool(widget, "New conversation").click();
  expect(await widget.focused()).toBe("input");
  await page.getByRole("heading", { name: "What would help today?" }).waitFor();
  await tool(widget, "Conversations").click();
  await expect.poll(() => rows(widget).count()).toBe(2);
  expect(widget.errors).toEqual([]);
  await page.context().close();
});

test("an answer that ends elsewhere is counted at the button, in the list, and no more once it is seen", async () => {
  const widget = await visit(browser, inject("slowSite"));
  await widget.open();
  await widget.say("Tell me everything");
  await widget.page.locator("ion-chat .answer[aria-busy]").waitFor();
  await tool(widget, "New conversation").click();
  await tool(widget, /^Conversations/).click();
  await expect.poll(() => rows(widget).first().innerText()).toContain("Being answered…");
  await tool(widget, "Back to the conversation").click();
  await tool(widget, "Conversations, 1 unread").click({ timeout: 20_000 });
  await expect.poll(() => rows(widget).first().innerText()).toContain("1 unread");
  await rows(widget).first().getByRole("button").click();
  await widget.answers.first().waitFor();
  await tool(widget, /^Conversations$/).click();
  await expect.poll(() => rows(widget).first().innerText()).not.toContain("unread");
  await widget.page.context().close();
});

test("without a network the list that is known stays, with what was begun meanwhile, and says so", async () => {
  const widget = await withTwo();
  const { page } = widget;
  await tool(widget, "Conversations").click();
  await expect.poll(() => rows(widget).count()).toBe(2);
  await page.context().setOffline(true);
  await expect.poll(() => list(widget).locator(".hint").innerText()).toContain("No connection right now");
  expect(await rows(widget).count()).toBe(2);
  await tool(widget, "New conversation").click();
  await widget.say("Said in a tunnel");
  await tool(widget, "Conversations").click();
  await expect.poll(() => titles(widget)).toEqual(["Said in a tunnel", "How do I ask for a raise?", "How do I rest?"]);
  expect(await rows(widget).first().innerText()).toContain("Waiting to be sent");
  await rows(widget).nth(2).getByRole("button").click();
  await expect.poll(() => said(widget)).toEqual(["How do I rest?"]);

  await page.context().setOffline(false);
  await tool(widget, /^Conversations/).click();
  await expect.poll(() => list(widget).locator(".hint").innerText(), { timeout: 20_000 }).toBe("");
  await expect.poll(async () => (await rows(widget).first().innerText()).includes("Waiting"), { timeout: 20_000 }).toBe(false);
  expect((await titles(widget)).sort()).toEqual(["How do I ask for a raise?", "How do I rest?", "Said in a tunnel"]);
  await page.context().close();
});

test("a visitor's conversations become the user's, and another person's list is never seen", async () => {
  const widget = await visit(browser, inject("site"));
  const { page } = widget;
  await widget.open();
  await widget.ask("A secret of Gil");
  await signIn(widget, "gil");
  await tool(widget, "Conversations").click();
  await expect.poll(() => titles(widget)).toEqual(["A secret of Gil"]);
  // every state that the list is ever in is looked at, also when the server is slow with an old answer
  await page.evaluate(() => {
    const panel = document.querySelector("ion-chat")?.shadowRoot?.querySelector("[part=list]") as HTMLElement;
    const seen: string[] = [];
    Object.assign(window, { seen });
    new MutationObserver(() => seen.push(panel.textContent ?? "")).observe(panel, { childList: true, subtree: true });
  });
  let held = (): void => {};
  const old = new Promise<void>((done) => (held = done));
  await page.route(/\/sessions\?/, async (route) => {
    const answer = await route.fetch();
    await old;
    await route.fulfill({ response: answer });
  }, { times: 1 });
  await tool(widget, "Back to the conversation").click();
  await tool(widget, "Conversations").click();
  await page.evaluate(() => ((window as any).seen.length = 0));
  await signIn(widget, "hana");
  expect(await list(widget).isVisible()).toBe(false);
  await expect.poll(() => widget.focused()).toBe("input");
  await tool(widget, "Conversations").click();
  held();
  await expect.poll(() => list(widget).locator(".hint").innerText()).toBe("What you talk about will be listed here.");
  await page.waitForTimeout(500);
  expect(await rows(widget).count()).toBe(0);
  await page.keyboard.press("Escape");
  await widget.ask("A secret of Hana");
  await tool(widget, "Conversations").click();
  await expect.poll(() => titles(widget)).toEqual(["A secret of Hana"]);
  expect(await page.evaluate(() => (window as any).seen.join())).not.toContain("Gil");

  await page.evaluate(() => window.IonChat.logout());
  await expect.poll(() => list(widget).isVisible()).toBe(false);
  await tool(widget, "Conversations").click();
  await expect.poll(() => list(widget).locator(".hint").innerText()).toBe("What you talk about will be listed here.");
  expect(await list(widget).locator(".row").count()).toBe(0);
  await page.context().close();
});

const LOOKS: [string, string, BrowserContextOptions][] = [
  ["light", "?", {}],
  ["Korean in the dark", "?lang=ko&theme=dark", { locale: "ko-KR" }],
  ["right to left", "?lang=ar&dir=rtl", { locale: "ar" }],
  ["a phone without motion", "?", { ...PHONE, reducedMotion: "reduce" }],
];

test.each(LOOKS)("axe has nothing against the list: %s", async (_, query, options) => {
  const widget = await withTwo({ ...options, bypassCSP: true }, query);
  const { page } = widget;
  await page.evaluate(axe);
  await page.locator("ion-chat .head > button").first().click();
  await expect.poll(() => rows(widget).count()).toBe(2);
  const audit = async (): Promise<string[]> => {
    await page.evaluate(async () => {
      const all = document.querySelector("ion-chat")?.shadowRoot?.getAnimations() ?? [];
      await Promise.allSettled(all.map(({ finished }) => finished));
    });
    return page.evaluate(async () => {
      const { violations } = await (window as any).axe.run(document, { rules: { region: { enabled: false } } });
      return violations.flatMap(({ id, nodes }: any) => nodes.map((node: any) => `${id}: ${node.html.slice(0, 160)}`));
    });
  };
  expect(await audit()).toEqual([]);
  if (options.isMobile) await staysIn(page);
  await page.context().setOffline(true);
  await list(widget).locator(".hint:not(:empty)").waitFor();
  expect(await audit()).toEqual([]);
  expect(await list(widget).evaluate((element) => element.scrollWidth > element.clientWidth)).toBe(false);
  await page.context().close();
});

/** On a phone the keyboard stays in what is seen, and everything can be hit with a thumb. */
async function staysIn(page: Page): Promise<void> {
  const small = await page.locator("ion-chat button:visible").evaluateAll((all) => all
    .map((each) => each.getBoundingClientRect()).filter(({ width, height }) => width < 43.5 || height < 43.5).length);
  expect(small).toBe(0);
  for (let press = 0; press < 8; press += 1) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement
      ?.checkVisibility({ visibilityProperty: true }));
    expect(seen).toBe(true);
  }
}
