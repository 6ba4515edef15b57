// Who talks: visitors who sign in, users who follow one another, and that nobody sees another's words.

import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import type {} from "../src/widget/launcher/index";
import { idToken } from "./tokens";
import { type Widget, startBrowser, visit } from "./widget";

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

/** Sign in as the page does; returns the state that was told. */
async function signIn(name: string): Promise<string> {
  return widget.page.evaluate(async (token) => {
    let told = "";
    const off = window.IonChat.on("identity", ({ state, user_id: id }) => (told = `${state} ${id}`));
    await window.IonChat.identify(async () => token);
    off();
    return told;
  }, idToken(name));
}

/** Return everything that the browser keeps of people, by whose it is. */
function kept(): Promise<Record<string, string[]>> {
  return widget.page.evaluate(() => {
    const owners: Record<string, string[]> = {};
    for (const storage of [localStorage, sessionStorage]) {
      for (const key of Object.keys(storage)) {
        const [, owner, name] = /^ion\.demo\.([uv]\.[^.]+)\.(.*)$/.exec(key) ?? [];
        if (owner && name) (owners[owner] ??= []).push(name);
      }
    }
    return owners;
  });
}

test("a visitor who signs in goes on with the conversation, as the same person on every device", async () => {
  await widget.open();
  await widget.ask("Said before I signed in");
  const before = Object.keys(await kept());
  const told = await signIn("ana");

  expect(told).toMatch(/^user u_/);
  await widget.said.first().waitFor();
  expect(await texts()).toEqual(["Said before I signed in"]);
  await widget.ask("Said as Ana");
  const owners = Object.keys(await kept());
  expect(before.every((owner) => owner.startsWith("v.") && !owners.includes(owner))).toBe(true);

  const elsewhere = await browser.newContext();
  widget = await visit(elsewhere, inject("site"));
  expect(await signIn("ana")).toBe(told);
  await widget.open();
  await widget.said.nth(1).waitFor();
  expect(await texts()).toEqual(["Said before I signed in", "Said as Ana"]);
  expect(widget.errors).toEqual([]);
  await elsewhere.close();
});

test("users who follow one another at one browser see and send only their own", async () => {
  await widget.open();
  await signIn("bo");
  await widget.ask("A secret of Bo");
  await widget.field.fill("A draft of Bo");
  const sent: string[] = [];
  widget.page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => sent.push(String(payload))));
  await signIn("cleo");

  await expect.poll(texts).toEqual([]);
  expect(await widget.field.inputValue()).toBe("");
  await widget.ask("A secret of Cleo");
  expect(await texts()).toEqual(["A secret of Cleo"]);
  await widget.page.evaluate(() => window.IonChat.logout());
  await expect.poll(texts).toEqual([]);
  await widget.ask("Said by nobody in particular");
  expect(await texts()).toEqual(["Said by nobody in particular"]);
  expect(sent.join()).not.toContain("of Bo");
  const tokens = Object.entries(await kept()).filter(([, names]) => names.includes("tokens"));
  expect(tokens.map(([owner]) => owner.slice(0, 2))).toEqual(["v."]);
});

test("what a user could not send is sent when that user is back, and under no other name", async () => {
  await widget.open();
  await signIn("dee");
  await widget.ask("While all is well");
  // the server is there, but nothing that is said arrives
  let deaf = true;
  await context.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((data) => {
      if (!deaf || !String(data).includes('"type":"send"')) server.send(data);
    });
  });
  await widget.page.reload();
  await widget.open();
  await widget.said.first().waitFor();
  await widget.say("Only for Dee");
  await widget.page.locator("ion-chat .said[data-status=queued]").waitFor();
  await signIn("eve");
  deaf = false;
  await expect.poll(texts).toEqual([]);
  await widget.ask("Said as Eve");
  expect(await texts()).toEqual(["Said as Eve"]);

  await signIn("dee");
  await widget.answers.nth(1).waitFor({ timeout: 20_000 });
  expect(await texts()).toEqual(["While all is well", "Only for Dee"]);
});

test("another tab lets a user go who logs out here, and a new tab knows nobody", async () => {
  await signIn("fay");
  await widget.open();
  await widget.ask("Of Fay");
  const first = widget;
  const second = await visit(context, inject("site"));
  widget = second;
  await widget.open();
  expect(await texts()).toEqual([]);
  await signIn("fay");
  await expect.poll(texts).toEqual(["Of Fay"]);
  await first.page.evaluate(() => window.IonChat.logout());

  await expect.poll(texts).toEqual([]);
  // a reload keeps a user who is signed in, and nobody else
  await second.page.reload();
  await second.open();
  expect(await texts()).toEqual([]);
});

test("a token that does not hold changes nothing, and the page is told", async () => {
  await widget.open();
  await widget.ask("Still me");
  const outcome = await widget.page.evaluate(() => window.IonChat.identify("no.token.at-all").then(
    () => "well", (error: { code: string }) => error.code));

  expect(outcome).toBe("unauthenticated");
  expect(await texts()).toEqual(["Still me"]);
  await widget.ask("And here");
  await widget.page.reload();
  await widget.open();
  await widget.said.nth(1).waitFor();
  expect(await texts()).toEqual(["Still me", "And here"]);
});
