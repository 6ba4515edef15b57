// A visitor who signs in while something is wrong: nothing that they said is lost on the way.

import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import type {} from "../src/widget/launcher/index";
import { idToken } from "./tokens";
import { type Widget, startBrowser, visit } from "./widget";

const ANYWHERE = { "access-control-allow-origin": "*" };
let browser: Browser;
let context: BrowserContext;
let widget: Widget;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(() => browser.close());

beforeEach(async () => {
  context = await browser.newContext();
  widget = await visit(context, inject("site"));
});

afterEach(() => context.close());

const texts = (): Promise<string[]> => widget.said.locator(".said-text").allInnerTexts();

/** Sign in as the page does; returns "well", or the code of why not. */
function signIn(name: string): Promise<string> {
  return widget.page.evaluate((token) => window.IonChat.identify(async () => token).then(
    () => "well", (error: { code: string }) => error.code), idToken(name));
}

/** Change the visitor's tokens as they are kept; returns whether there are some. */
function spoil(how: "old" | "unreadable"): Promise<boolean> {
  return widget.page.evaluate((wanted) => {
    const key = Object.keys(localStorage).find((each) => /^ion\.demo\.v\..*\.tokens$/.test(each)) ?? "";
    const kept = localStorage.getItem(key);
    if (kept) localStorage.setItem(key, wanted === "old" ? JSON.stringify({ ...JSON.parse(kept), expires_at: 0 }) : "{no");
    return kept !== null;
  }, how);
}

test.each([503, 429])("a visitor whose tokens can't be renewed for now (%i) stays, and signs in with everything later", async (status) => {
  await widget.open();
  await widget.ask("Said before I signed in");
  expect(await spoil("old")).toBe(true);
  await context.route("**/auth/refresh", (route) => route.fulfill({
    status, json: { code: "later", retryable: true }, headers: ANYWHERE,
  }));

  expect(await signIn(`gil${status}`)).toBe("later");
  expect(await texts()).toEqual(["Said before I signed in"]);
  await context.unroute("**/auth/refresh");
  expect(await signIn(`gil${status}`)).toBe("well");
  await widget.said.first().waitFor();
  expect(await texts()).toEqual(["Said before I signed in"]);
});

test("a visitor whose account has ended signs in without it", async () => {
  await widget.open();
  await widget.ask("Of an account that ends");
  await spoil("old");
  await context.route("**/auth/refresh", (route) => route.fulfill({
    status: 401, json: { code: "unauthenticated", retryable: false }, headers: ANYWHERE,
  }));

  expect(await signIn("hal")).toBe("well");
  await expect.poll(texts).toEqual([]);
});

test("what a visitor could not send, or was refused, becomes the user's and is sent as theirs", async () => {
  await widget.open();
  await widget.ask("While all is well");
  let deaf = true;
  const refused = JSON.stringify({ type: "error", code: "quota_exceeded", message: "", retryable: false });
  await context.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((data) => {
      const { type, text, client_msg_id: ref } = JSON.parse(String(data));
      if (!deaf || type !== "send") server.send(data);
      else if (text === "Refused") socket.send(JSON.stringify({ ...JSON.parse(refused), ref }));
    });
  });
  await widget.page.reload();
  await widget.open();
  await widget.said.first().waitFor();
  await widget.say("Refused");
  const failed = widget.page.locator("ion-chat .said[data-status=failed]");
  await failed.waitFor();
  await widget.say("On its way");
  await widget.page.locator("ion-chat .said[data-status=queued]").waitFor();

  const signed = signIn("ivo");
  // nothing is tried again while it is open who says it
  await failed.getByRole("button", { name: "Try again" }).click();
  expect(await failed.count()).toBe(1);
  deaf = false;
  expect(await signed).toBe("well");
  await widget.answers.nth(1).waitFor({ timeout: 20_000 });
  expect((await texts()).sort()).toEqual(["On its way", "Refused", "While all is well"]);
  await failed.getByRole("button", { name: "Try again" }).click();
  await widget.answers.nth(2).waitFor({ timeout: 20_000 });
  const owners = await widget.page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes(".v.")));
  expect(owners).toEqual([]);
});

test("what was written before the visitor had an account goes along", async () => {
  await context.route("**/auth/visitor", (route) => route.abort());
  await widget.open();
  await widget.say("The very first thing");
  await widget.page.locator("ion-chat .said[data-status=queued]").waitFor();
  await context.unroute("**/auth/visitor");

  expect(await signIn("jan")).toBe("well");
  await widget.answers.first().waitFor({ timeout: 20_000 });
  expect(await texts()).toEqual(["The very first thing"]);
});

test("tokens that can't be read are as good as none", async () => {
  await widget.open();
  await widget.ask("With good tokens");
  expect(await spoil("unreadable")).toBe(true);
  await widget.page.reload();
  await widget.open();

  expect(await widget.ask("Without them")).not.toBe("");
  expect(widget.errors).toEqual([]);
});
