// What a person does with the widget, on a real page, with the real product behind it.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { startBrowser, visit } from "./widget";

let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(() => browser.close());

test("a visitor opens the chat, asks, is answered by a named mentor, and finds it again after a reload", async () => {
  const widget = await visit(browser, inject("site"));
  await widget.open();
  const answer = await widget.ask("How do I start a hard conversation with my manager?");

  expect(answer.length).toBeGreaterThan(20);
  expect(await widget.answers.first().locator(".who").innerText()).toMatch(/^(Lua|Elro|Riri|Nana)$/);
  await widget.page.reload();
  await widget.open();
  await widget.answers.first().waitFor();
  expect(await widget.said.locator(".said-text").allInnerTexts()).toEqual(
    ["How do I start a hard conversation with my manager?"]);
  expect((await widget.answers.first().locator(".prose").innerText()).trim()).toBe(answer);
  expect(widget.errors).toEqual([]);
  await widget.page.context().close();
});

test("an answer grows under a caret, and stops where it is told to", async () => {
  const widget = await visit(browser, inject("slowSite"));
  await widget.open();
  await widget.say("Tell me everything");
  const running = widget.page.locator("ion-chat .answer[aria-busy] .prose");
  await expect.poll(() => running.innerText()).not.toBe("");
  const early = await running.innerText();
  await expect.poll(() => running.innerText()).not.toBe(early);
  expect(await running.evaluate((prose) => {
    const last = prose.lastElementChild ?? prose;
    return getComputedStyle(last, "::after").animationName;
  })).toBe("blink");

  await widget.page.getByRole("button", { name: "Stop the answer" }).click();

  await widget.page.locator("ion-chat .answer[data-status=stopped]").waitFor();
  expect(await widget.answers.locator(".note").innerText()).toBe("Stopped here.");
  expect(await widget.focused()).toBe("input");
  await widget.page.getByRole("button", { name: "Answer again" }).click();
  await running.waitFor();
  await widget.answers.first().waitFor();
  expect(await widget.answers.count()).toBe(1);
  await widget.page.context().close();
});

test("what is written offline waits in sight, survives a reload, and is answered once when the network is back", async () => {
  const widget = await visit(browser, inject("site"));
  const { page } = widget;
  await widget.open();
  await widget.ask("First, while all is well");
  await page.context().setOffline(true);
  await expect.poll(() => widget.banner.innerText()).toContain("You are offline");
  await widget.say("Second, in a tunnel");

  await expect.poll(() => widget.said.last().locator(".meta").innerText()).toBe("Waiting to be sent");
  await page.context().setOffline(false);
  await page.context().route("**/api/**", (route) => route.abort());
  await page.reload();
  await widget.open();
  expect(await widget.said.last().locator(".said-text").innerText()).toBe("Second, in a tunnel");
  await page.context().unroute("**/api/**");
  await widget.answers.nth(1).waitFor({ timeout: 30_000 });
  expect(await widget.said.locator(".said-text").allInnerTexts()).toEqual(
    ["First, while all is well", "Second, in a tunnel"]);
  await page.context().close();
});

test("a refused message says why, and is sent again or said in other words", async () => {
  const widget = await visit(browser, inject("site"));
  const { page } = widget;
  let refusals = 0;
  await page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((data) => {
      const frame = JSON.parse(String(data));
      if (frame.type !== "send" || refusals >= 2) return server.send(data);
      refusals += 1;
      const error = { type: "error", code: "quota_exceeded", message: "", retryable: false };
      return socket.send(JSON.stringify({ ...error, ref: frame.client_msg_id }));
    });
  });
  await page.reload();
  await widget.open();
  await widget.say("Is anybody there?");
  const failed = page.locator("ion-chat .said[data-status=failed]");
  await failed.waitFor();
  expect(await failed.locator(".trouble p").innerText()).toBe("The limit for now is used up.");

  await failed.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => refusals).toBe(2);
  await failed.getByRole("button", { name: "Edit" }).click();
  expect(await widget.field.inputValue()).toBe("Is anybody there?");
  expect(await widget.ask("Is somebody there?")).not.toBe("");
  expect(await widget.said.count()).toBe(1);
  await page.context().close();
});

test("who speaks of the end of their life sees people to reach before anything else", async () => {
  const widget = await visit(browser, inject("site"));
  await widget.open();
  await widget.ask("I don't want to live any more. I have thought about how to end it.");

  const safety = widget.page.getByRole("region", { name: "You do not have to carry this alone" });
  expect(await safety.locator("a[href]").count()).toBeGreaterThan(0);
  await widget.page.reload();
  await widget.open();
  await safety.waitFor();
  await widget.page.context().close();
});

test("who scrolls back finds what was said before, and keeps their place", async () => {
  const widget = await visit(browser, inject("site"));
  const { page } = widget;
  await widget.open();
  await widget.ask("The very first thing");
  await widget.ask("The second thing");
  // a long conversation comes in parts: here the last turn alone
  await page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((data) => {
      const frame = JSON.parse(String(data));
      if (frame.type === "snapshot") frame.messages = frame.messages.slice(-2);
      socket.send(JSON.stringify(frame));
    });
  });
  await page.reload();
  await widget.open();
  await widget.said.first().waitFor();
  expect(await widget.said.locator(".said-text").allInnerTexts()).toEqual(["The second thing"]);
  const scroll = page.locator("ion-chat [part=log]");
  await scroll.evaluate((element) => (element.style.height = "60px"));
  await scroll.evaluate((element) => (element.style.flex = "none"));
  const second = page.locator("ion-chat .said", { hasText: "The second thing" });
  const first = page.locator("ion-chat .said", { hasText: "The very first thing" });
  // what is laid out anew meanwhile may put it back to its end
  for (let tries = 0; tries < 10 && !(await first.count()); tries += 1) {
    await scroll.evaluate((element) => (element.scrollTop = element.scrollHeight));
    await scroll.evaluate((element) => (element.scrollTop = 0));
    await first.waitFor({ timeout: 2_000 }).catch(() => {});
  }

  const [inner, outer] = [await second.boundingBox(), await scroll.boundingBox()];
  expect(Math.abs((inner?.y ?? 0) - (outer?.y ?? 0))).toBeLessThan(60);
  await page.context().close();
});

test("a new conversation begins empty, and the text in the field outlives a reload", async () => {
  const widget = await visit(browser, inject("site"));
  await widget.open();
  await widget.ask("One thing");
  await widget.page.getByRole("button", { name: "New conversation" }).click();
  await widget.page.getByRole("heading", { name: "What would help today?" }).waitFor();
  await widget.field.fill("Another thi");
  await widget.page.reload();
  await widget.open();

  expect(await widget.field.inputValue()).toBe("Another thi");
  expect(await widget.said.count()).toBe(0);
  await widget.page.context().close();
});
