// One person after another on one phone: nothing of the first reaches the second, whenever it comes.

import { House } from "../../src/core/house";
import type { CheckIn, SyncPage } from "../../src/core/resources";
import { memory } from "../known";
import { fakePhone, FakeServer, gate, SERVER, settled } from "../phone";
import type { Disk } from "../sqlite";
import { newDisk } from "../sqlite";

const AT = "2026-11-01T00:00:00Z";
const CHECK_IN = { id: "ci_1", about: "Sleep", next_at: AT } as unknown as CheckIn;
const PAGE: SyncPage = {
  sessions: [{
    session: { id: "s_1", title: "Sleep", created_at: AT, updated_at: AT, unread: 2 },
    messages: [{ id: "m1", role: "user", text: "I sleep badly", created_at: AT, turn_id: "t1" }],
  }],
  deleted: [], next: "2", more: true, reset: false, memory: [memory("f_1", { text: "Sleep better" })],
};
const NEXT = { user_id: "u_2", access_token: "b1", refresh_token: "q1", expires_in: 900 };

/** A phone whose server may be slow: what is asked while `held` is there is answered when it opens. */
async function opened() {
  const server = new FakeServer();
  Object.assign(server.answers, {
    "GET /sync": (_: unknown, query: URLSearchParams) => ({ ...PAGE, more: query.get("since") === null }),
    "GET /checkins": { checkins: [CHECK_IN] },
    "GET /notifications/settings": { muted: ["s_1"] },
    "GET /memory/f_1": memory("f_1", { text: "Sleep better", source_count: 7 }),
    "GET /memory/settings": { paused: true },
    "POST /auth/logout": 204,
    "DELETE /me": { id: "receipt-1", state: "erased" },
  });
  const slow = { held: null as Promise<void> | null };
  const disk = await newDisk();
  const phone = fakePhone(disk, server, {
    fetch: async (...asked) => {
      const { held } = slow;
      const response = await server.fetch(...asked);
      await held;
      return response;
    },
  });
  const begin = () => new House({ phone, server: SERVER, installationId: "i_1", language: () => "en" });
  const house = begin();
  await house.account.token();
  return { server, slow, disk, phone, house, begin };
}

const WAYS: [string, (house: House, server: FakeServer) => Promise<unknown>][] = [
  ["logs out", (house) => house.logout()],
  ["is erased", (house) => house.erase()],
  ["finds their tokens dead", (house, server) => {
    server.answers["POST /auth/refresh"] = 401;
    server.answers["POST /auth/anonymous"] = NEXT;
    return house.account.token({ stale: true });
  }],
];

function kept({ sql }: Disk): string {
  return JSON.stringify(["pairs", "sessions", "messages", "memories"].flatMap((table) => sql.all(`SELECT * FROM ${table}`)));
}

test.each(WAYS)("what is on its way to somebody who %s reaches nobody else", async (_, goAway) => {
  const { server, slow, disk, house, begin } = await opened();
  const held = gate();
  slow.held = held.opened;
  const { conversations, memories, agreements } = house;
  const coming = [
    house.refresh(), memories.refresh(), memories.why("f_1"), agreements.refresh(),
    conversations.rename("s_1", "Sleep well"), memories.change("f_1", { pinned: true }),
  ].map((each) => Promise.resolve(each).catch(() => {}));
  await settled();
  slow.held = null;
  await goAway(house, server);
  held.open();
  await Promise.all(coming);
  for (const each of [house, begin()]) {
    expect([each.conversations.list, each.conversations.unread, each.memories.groups()]).toEqual([[], 0, []]);
    expect([each.agreements.checkIns, each.agreements.settings, each.memories.paused]).toEqual([[], null, false]);
    expect(each.memories.whole(memory("f_1")).source_count).toBe(0);
  }
  expect(kept(disk)).not.toMatch(/sleep|s_1|f_1|ci_1|"2"/i);
});

test.each(WAYS)("a conversation that stays open when its person %s writes nothing for the next", async (_, goAway) => {
  const { server, disk, house, begin } = await opened();
  await house.refresh();
  const [old, begun] = [house.chat("s_1"), house.chat(null)];
  const { person } = house;
  await goAway(house, server);
  old.send("Still mine");
  begun.send("Mine, too");
  await old.choose("elro");
  await house.chat(null).choose("lua");
  await settled();
  expect(house.person).not.toBe(person);
  expect(kept(disk)).not.toMatch(/mine|s_1|elro/i);
  expect(kept(disk)).toContain("persona.");
  const later = begin();
  await settled();
  expect([later.drafts, later.waits("s_1"), later.chat("s_1").items]).toEqual([[], false, []]);
});

test("what one person asked for is not asked again in the name of the next", async () => {
  const { server, house } = await opened();
  server.answers["POST /checkins"] = 401;
  server.answers["POST /auth/refresh"] = 401;
  server.answers["POST /auth/anonymous"] = NEXT;
  const wish = { session_id: "s_1", about: "My sleep" } as never;
  await expect(house.agreements.agree(wish)).rejects.toMatchObject({ code: "gone" });
  expect([server.times("POST", "/checkins"), house.account.userId]).toEqual([1, "u_2"]);
});

test("the badge and the connection are the next person's, and a house that was left stays quiet", async () => {
  const { server, phone, house } = await opened();
  house.start();
  await house.refresh();
  expect(phone.notifications.shownBadge).toBe(2);
  await house.logout();
  expect(phone.notifications.shownBadge).toBe(0);
  await house.refresh();
  expect(phone.notifications.shownBadge).toBe(2);
  house.stop();
  expect(house.state).toBe("idle");
  await WAYS[2]![1](house, server);
  await settled();
  expect(house.state).toBe("idle");
});

test("a keychain that fails at the start is no accident", async () => {
  const { phone, begin } = await opened();
  const unhandled = jest.fn();
  process.on("unhandledRejection", unhandled);
  const { get } = phone.secrets;
  phone.secrets.get = async () => Promise.reject(new Error("locked"));
  const house = begin();
  house.start();
  await new Promise((done) => setImmediate(done));
  house.stop();
  phone.secrets.get = get;
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
  expect(await house.account.token()).toBe("a1");
});
