// Notifications: asked for by a click, registered with the product, shown, and followed to the session.

import { createECDH, randomBytes } from "node:crypto";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type {} from "../src/widget/launcher/index";
import { type Widget, startBrowser, visit } from "./widget";

// no push service can be reached from here, so the browser's part of a subscription is made up
const SUBSCRIPTION = {
  endpoint: "https://updates.push.services.mozilla.com/wpush/v2/abc",
  keys: {
    p256dh: createECDH("prime256v1").generateKeys("base64url"),
    auth: randomBytes(16).toString("base64url"),
  },
};
let browser: Browser;
let context: BrowserContext;
let widget: Widget;

beforeAll(async () => {
  browser = await startBrowser();
  context = await browser.newContext({ permissions: ["notifications"] });
  await context.addInitScript((made) => {
    PushManager.prototype.subscribe = async (options) => {
      Object.assign(window, { key: options?.applicationServerKey });
      return { toJSON: () => made } as unknown as PushSubscription;
    };
  }, SUBSCRIPTION);
  widget = await visit(context, `${inject("site")}/?worker=/ion-sw.js`);
});

afterAll(() => browser.close());

test("the bell registers this browser under the key of the server, and goes away", async () => {
  await widget.open();
  await widget.ask("Tell me later");
  const registered = widget.page.waitForRequest((request) => request.method() === "PUT");
  await widget.page.getByRole("button", { name: "Tell me when an answer comes" }).click();

  const request = await registered;
  expect((await request.response())?.status()).toBe(200);
  expect(request.postDataJSON()).toMatchObject({
    kind: "webpush", platform: "web", locale: "en",
    subscription: { ...SUBSCRIPTION, applicationServerKey: await widget.page.evaluate(() => (window as any).key) },
  });
  await expect.poll(() => widget.banner.innerText()).toBe("You will be told of answers on this device.");
  await widget.page.getByRole("button", { name: "Tell me when" }).waitFor({ state: "hidden" });
});

test("a push is shown, a late one never replaces a newer, and a click opens its session", async () => {
  const { page } = widget;
  const session = await page.evaluate(() => Object.entries(localStorage)
    .find(([key]) => key.endsWith(".session"))?.[1] ?? "");
  expect(session).toMatch(/^s_/);
  await page.getByRole("button", { name: "New conversation" }).click();
  await widget.launcher.click();
  const push = await pusher();
  const payload = { id: "n_1", kind: "reply_ready", tag: "t", thread: session, badge: 1, at: 1, link: `/#${session}` };
  await push({ ...payload, number: 2, title: "Lua", body: "The newer answer" });
  await push({ ...payload, number: 1, title: "Lua", body: "An older answer" });
  await push({ nonsense: true });

  const [worker] = context.serviceWorkers();
  const shown = await worker?.evaluate(async () => {
    const all = await (self as any).registration.getNotifications();
    return all.map(({ title, body, tag }: Notification) => ({ title, body, tag }));
  });
  expect(shown).toEqual([{ title: "Lua", body: "The newer answer", tag: "ion:t" }]);
  const told = page.waitForRequest((request) => request.url().endsWith("/notifications/n_1/ack"));
  await worker?.evaluate(async () => {
    const [notification] = await (self as any).registration.getNotifications();
    const Click = (self as any).NotificationEvent;
    self.dispatchEvent(new Click("notificationclick", { notification }));
  });
  expect((await told).postDataJSON()).toMatchObject({ event: "opened" });
  await widget.panel.waitFor();
  await widget.said.first().waitFor();
  expect(await widget.said.first().locator(".said-text").innerText()).toBe("Tell me later");
  expect(await worker?.evaluate(async () => (await (self as any).registration.getNotifications()).length)).toBe(0);
});

test("what was read or deleted elsewhere is closed by the next push, and by a page that is looked at", async () => {
  const push = await pusher();
  const session = await widget.page.evaluate(() => Object.entries(localStorage)
    .find(([key]) => key.endsWith(".session"))?.[1] ?? "");
  const card = (number: number, thread: string, unread?: string[]) => push({
    id: `n_${number}`, kind: "reply_ready", tag: thread, thread, badge: 1, at: 1, number, title: thread, body: "", unread,
  });
  await card(1, "s_read");
  await card(5, "s_later");
  await card(3, "n_3");
  await card(2, "test");
  await card(4, session, [session]);
  // older than this one, and not unread; what is of no session stays
  expect(await shown()).toEqual(["n_3", "s_later", session, "test"].sort());
  await card(6, "s_mine", ["s_later", session]);
  await widget.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  // the server knows of none that has something unread
  await expect.poll(shown).toEqual(["n_3", "test"]);
});

test("a card that came after the list was asked for, or that the list has no room for, is not closed", async () => {
  const { page } = widget;
  const push = await pusher();
  const card = (number: number, thread: string) => push({
    id: `n_${number}`, kind: "reply_ready", tag: thread, thread, badge: 1, at: 1, number, title: thread, body: "",
  });
  let asked = 0;
  let next: string | null = null;
  let meanwhile = async () => {};
  await page.route("**/sessions?*", async (route) => {
    asked += 1;
    await meanwhile();
    await route.fulfill({ json: { sessions: [{ id: "s_read", unread: 0 }], next } });
  });
  const look = (hidden = false) => page.evaluate((isHidden) => {
    for (const [name, value] of [["hidden", isHidden], ["visibilityState", isHidden ? "hidden" : "visible"]] as const) {
      Object.defineProperty(document, name, { value, configurable: true });
    }
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);

  await card(10, "s_read");
  await look(true);
  await page.waitForTimeout(300);
  expect([asked, await shown()]).toEqual([0, ["n_3", "s_read", "test"]]);
  meanwhile = () => card(11, "s_new");
  await look();
  await expect.poll(shown).toEqual(["n_3", "s_new", "test"]);
  meanwhile = async () => {};
  await card(12, "s_read");
  next = "older";
  await look();
  await expect.poll(shown).toEqual(["n_3", "s_new", "test"]);
  await page.unroute("**/sessions?*");
});

test("a page that is opened at a session's address shows it", async () => {
  const session = await widget.page.evaluate(() => Object.entries(localStorage)
    .find(([key]) => key.endsWith(".session"))?.[1] ?? "");
  const other = await visit(context, `${inject("site")}/#${session}`);
  await other.panel.waitFor();
  await other.said.first().waitFor();
  expect(await other.said.first().locator(".said-text").innerText()).toBe("Tell me later");
});

/** Return the titles of what is shown. */
async function shown(): Promise<string[]> {
  const [worker] = context.serviceWorkers();
  return worker!.evaluate(async () => {
    const all = await (self as any).registration.getNotifications();
    return all.map(({ title }: Notification) => title).sort();
  });
}

/** Return what hands a payload to the service worker, as a push service would. */
async function pusher(): Promise<(payload: unknown) => Promise<void>> {
  const devtools = await context.newCDPSession(widget.page);
  const registrations: { registrationId: string }[] = [];
  devtools.on("ServiceWorker.workerRegistrationUpdated", (event) => registrations.push(...event.registrations));
  await devtools.send("ServiceWorker.enable");
  await expect.poll(() => registrations.length).toBeGreaterThan(0);
  const { registrationId } = registrations[0] ?? { registrationId: "" };
  return async (payload) => {
    const data = JSON.stringify(payload);
    await devtools.send("ServiceWorker.deliverPushMessage", { origin: inject("site"), registrationId, data });
    await widget.page.waitForTimeout(200);
  };
}
