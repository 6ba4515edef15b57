// Notifications on pages that have some of their own, and of people who left: nobody else's are touched.

import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import type {} from "../src/widget/launcher/index";
import { idToken } from "./tokens";
import { type Widget, startBrowser, visit } from "./widget";

let browser: Browser;
let context: BrowserContext;
let widget: Widget;

/** Runs before the page's scripts: the browser's part of a subscription, which no push service is asked for. */
function subscriptions(): void {
  const made = { now: null as unknown, ended: 0 };
  const bytes = (text: string): Uint8Array => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
  const subscribe = async ({ applicationServerKey: key }: { applicationServerKey: string }): Promise<unknown> => {
    const keys = { p256dh: `B${"A".repeat(86)}`, auth: "A".repeat(22) };
    const endpoint = "https://updates.push.services.mozilla.com/wpush/v2/abc";
    const unsubscribe = async (): Promise<boolean> => {
      Object.assign(made, { now: null, ended: made.ended + 1 });
      return true;
    };
    return (made.now = { toJSON: () => ({ endpoint, keys }), options: { applicationServerKey: bytes(key).buffer }, unsubscribe });
  };
  Object.assign(window, { made });
  Object.assign(PushManager.prototype, { getSubscription: async () => made.now, subscribe });
}

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(() => browser.close());

beforeEach(async () => {
  context = await browser.newContext({ permissions: ["notifications"] });
  await context.addInitScript(subscriptions);
  // the server would look at the keys, which are none
  await context.route("**/devices/*", (route) => (route.request().method() === "PUT"
    ? route.fulfill({ json: {}, headers: { "access-control-allow-origin": "*" } }) : route.continue()));
  widget = await visit(context, `${inject("site")}/?worker=/ion-sw.js`);
});

afterEach(() => context.close());

const notify = (): Promise<string> => widget.page.evaluate(() => window.IonChat.notify());
const made = (): Promise<{ subscribed: boolean; ended: number }> => widget.page.evaluate(() => {
  const { now, ended } = (window as any).made;
  return { subscribed: now !== null, ended };
});

/** Sign in with a token that can't be had again. */
const signIn = (name: string): Promise<void> =>
  widget.page.evaluate((token) => window.IonChat.identify(token), idToken(name));

/** Have the page hear what the worker says when the browser's address has changed. */
const addressChanged = (): Promise<unknown> => widget.page.evaluate(() =>
  navigator.serviceWorker.dispatchEvent(new MessageEvent("message", { data: { type: "ion-subscribe" } })));

test("who logs out without a network, or whose account ends, is told of nothing more by the browser itself", async () => {
  await signIn("kay");
  expect(await notify()).toBe("on");
  await context.setOffline(true);
  await widget.page.evaluate(() => window.IonChat.logout());
  expect(await made()).toEqual({ subscribed: false, ended: 1 });
  await context.setOffline(false);

  await signIn("kay");
  expect(await notify()).toBe("on");
  await context.route("**/auth/refresh", (route) => route.fulfill({
    status: 401, json: { code: "unauthenticated", retryable: false }, headers: { "access-control-allow-origin": "*" },
  }));
  await widget.page.evaluate(() => {
    const key = Object.keys(sessionStorage).find((each) => each.endsWith(".tokens")) ?? "";
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "");
    sessionStorage.setItem(key, JSON.stringify({ ...kept, expires_at: 0 }));
  });
  const expired = widget.page.evaluate(() => new Promise((told) => {
    window.IonChat.on("identity", ({ state }) => state === "expired" && told(state));
  }));
  expect(await notify()).toBe("unavailable");
  await expired;
  await expect.poll(made).toEqual({ subscribed: false, ended: 2 });
});

test("who logs out where the server hears it keeps the browser's address for the next", async () => {
  await signIn("lou");
  await notify();
  await widget.page.evaluate(() => window.IonChat.logout());
  expect(await made()).toEqual({ subscribed: true, ended: 0 });
});

test("a subscription of the site's own stays as it is", async () => {
  await widget.page.evaluate(() => navigator.serviceWorker.register("/ion-sw.js"));
  await widget.page.evaluate(() => (PushManager.prototype as any).subscribe({ applicationServerKey: "AAAA" }));

  expect(await notify()).toBe("unavailable");
  expect(await made()).toEqual({ subscribed: true, ended: 0 });
});

test("an address that changed is told for who wanted it, and nobody else is subscribed", async () => {
  const told: string[] = [];
  widget.page.on("request", (request) => request.method() === "PUT" && told.push(request.url()));
  await widget.open();
  await widget.ask("I want no notifications");
  await addressChanged();
  await widget.page.waitForTimeout(1_000);
  expect(told).toEqual([]);
  expect(await made()).toEqual({ subscribed: false, ended: 0 });

  expect(await notify()).toBe("on");
  await addressChanged();
  await expect.poll(() => told.length).toBe(2);
});

test("an address that changed while the panel can't be fetched is no error of the page", async () => {
  await widget.page.route(/ion-chat-panel/, (route) => route.abort());
  await addressChanged();
  await widget.page.waitForTimeout(500);
  expect(widget.errors).toEqual([]);
});

test("notifications of the site are neither followed nor closed by the chat", async () => {
  await signIn("may");
  await notify();
  await expect.poll(() => context.serviceWorkers().length).toBe(1);
  const [worker] = context.serviceWorkers();
  const shown = (): Promise<string[]> => worker!.evaluate(async () =>
    (await (self as any).registration.getNotifications()).map(({ tag }: Notification) => tag).sort());
  await worker!.evaluate(async () => {
    const { registration, NotificationEvent } = self as any;
    for (const tag of ["shop", "ion:t"]) await registration.showNotification("Hello", { tag, data: { thread: "s_1" } });
    const [notification] = await registration.getNotifications({ tag: "shop" });
    self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
  });
  await widget.page.waitForTimeout(500);

  expect(await widget.panel.isVisible()).toBe(false);
  expect(await shown()).toEqual(["ion:t", "shop"]);
  await widget.page.evaluate(() => window.IonChat.logout());
  expect(await shown()).toEqual(["shop"]);
});
