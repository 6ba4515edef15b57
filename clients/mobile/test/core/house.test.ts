// All of one server as screens see it: offline first, brought up to date, left without a trace.

import { House } from "../../src/core/house";
import { UNDO_MS } from "../../src/core/memories";
import type { SyncPage } from "../../src/core/resources";
import { memory } from "../known";
import { fakePhone, FakeServer, SERVER, settled } from "../phone";
import type { Disk } from "../sqlite";
import { newDisk } from "../sqlite";

const PAGE: SyncPage = {
  sessions: [
    {
      session: { id: "s_1", title: "Sleep", created_at: "2026-11-01T00:00:00Z", updated_at: "2026-11-02T00:00:00Z", unread: 2 },
      messages: [
        { id: "m1", role: "user", text: "I sleep badly", created_at: "2026-11-01T00:00:00Z", turn_id: "t1" },
        { id: "m2", role: "assistant", text: "Tell me more.", created_at: "2026-11-01T00:00:01Z", answered: { turn_id: "t1", persona: "lua" } },
      ],
    },
    { session: { id: "s_2", title: "Exam", created_at: "2026-11-01T00:00:00Z", updated_at: "2026-11-03T00:00:00Z" }, messages: [] },
  ],
  deleted: [], next: "2", more: false, reset: false,
  memory: [memory("f_1", { text: "Sleep better" })],
};
const NOTHING: SyncPage = { ...PAGE, sessions: [], memory: [], next: "3" };

function houseOn(disk: Disk, server: FakeServer) {
  const phone = fakePhone(disk, server);
  const house = new House({ phone, server: SERVER, installationId: "i_1", language: () => "en" });
  return { phone, house };
}

async function filled() {
  const server = new FakeServer();
  server.answers["GET /sync"] = (_, query) => (query.get("since") === null ? PAGE : NOTHING);
  const disk = await newDisk();
  const { phone, house } = houseOn(disk, server);
  expect(await house.refresh()).toBe(true);
  return { server, disk, phone, house };
}

test("opened without a network, everything is there", async () => {
  const { server, disk, house: before } = await filled();
  await before.refreshPersonas();
  server.up = false;
  const { house } = houseOn(disk.again(), server);
  expect(await house.refresh()).toBe(false);
  expect(house.conversations.list.map(({ id, unread }) => [id, unread])).toEqual([["s_2", 0], ["s_1", 2]]);
  expect(house.chat("s_1").items.map((item) => item.kind)).toEqual(["day", "said", "answer"]);
  expect(house.memories.groups().map(({ name }) => name)).toEqual(["goal"]);
  expect([...house.personas.keys()]).toEqual(["lua", "elro"]);
});

test("what is said without a network waits on disk, in its session or in a new one", async () => {
  const { server, disk, house } = await filled();
  server.up = false;
  house.chat("s_1").send("  and I wake up early ");
  house.chat(null).send("A new thing");
  await settled();
  const later = houseOn(disk.again(), server).house;
  await settled();
  expect(later.waits("s_1")).toBe(true);
  expect(later.chat("s_1").items.at(-1)).toMatchObject({ kind: "said", text: "and I wake up early", status: "queued" });
  expect(later.drafts.map(({ messages }) => messages[0]?.text)).toEqual(["A new thing"]);
});

test("the choice of a mentor goes with each message, also before the server knows of it", async () => {
  const { server, house } = await filled();
  server.answers["PATCH /sessions/s_1"] = ({ body }) => ({ ...PAGE.sessions[0]?.session, ...(body as object) });
  const chat = house.chat("s_1");
  await chat.choose("elro");
  expect(chat.persona).toBe("elro");
  expect(house.conversations.info("s_1")?.persona).toBe("elro");
  server.up = false;
  await chat.choose(null);
  expect(chat.persona).toBeNull();
});

test("a session deleted without a network is gone here, and from the server once it can be asked", async () => {
  const { server, disk, house } = await filled();
  server.up = false;
  await house.remove("s_1");
  const later = houseOn(disk.again(), server).house;
  expect(later.conversations.list.map(({ id }) => id)).toEqual(["s_2"]);
  server.up = true;
  server.answers["DELETE /sessions/s_1"] = 204;
  await later.refresh();
  expect(server.times("DELETE", "/sessions/s_1")).toBe(1);
  await later.refresh();
  expect(server.times("DELETE", "/sessions/s_1")).toBe(1);
});

test("forgetting can be undone for a while, and is done later, also after a restart", async () => {
  jest.useFakeTimers();
  const { server, disk, house } = await filled();
  server.answers["DELETE /memory/f_1"] = 204;
  const [goal] = house.memories.groups()[0]?.memories ?? [];
  house.memories.forget(goal!);
  expect([house.memories.groups(), house.memories.leaving?.text]).toEqual([[], "Sleep better"]);
  house.memories.undo();
  expect(house.memories.groups()).toHaveLength(1);
  house.memories.forget(goal!);
  const later = houseOn(disk.again(), server).house;
  expect(later.memories.groups()).toEqual([]);
  await later.memories.refresh();
  expect(server.times("DELETE", "/memory/f_1")).toBe(1);
  await jest.advanceTimersByTimeAsync(UNDO_MS);
  expect(server.times("DELETE", "/memory/f_1")).toBe(2); // the first run's own wish: again it changes nothing
  jest.useRealTimers();
});

test("the badge is the list's, and less what the client knows to be read", async () => {
  const { phone, house } = await filled();
  house.start();
  house.conversations.heard("s_1", 1);
  expect(phone.notifications.shownBadge).toBe(1);
  house.conversations.unheard("s_1");
  expect(phone.notifications.shownBadge).toBe(2);
  house.stop();
});

test("settings show at once, and are taken back when the server refuses", async () => {
  const { server, house } = await filled();
  const settings = { muted: [], quiet_from: "22:00", quiet_to: "08:00", timezone: "", preview: false, check_ins: false, replies_at_once: false };
  server.answers["GET /notifications/settings"] = settings;
  await house.agreements.refresh();
  server.answers["PATCH /notifications/settings"] = 503;
  const change = house.agreements.change({ check_ins: true });
  expect(house.agreements.settings?.check_ins).toBe(true);
  await expect(change).rejects.toMatchObject({ status: 503 });
  expect(house.agreements.settings?.check_ins).toBe(false);
});

test("who is erased leaves nothing on the phone, and the next one is somebody else", async () => {
  const { server, disk, house } = await filled();
  house.chat("s_1").send("still waiting");
  await settled();
  server.answers["DELETE /me"] = { id: "receipt-1", state: "erased" };
  server.answers["POST /auth/anonymous"] = { user_id: "u_2", access_token: "b1", refresh_token: "q1", expires_in: 900 };
  server.answers["GET /sync"] = NOTHING;
  expect(await house.erase()).toEqual({ id: "receipt-1", state: "erased" });
  await settled();
  house.stop();
  const rows = ["pairs", "sessions", "messages", "memories"].flatMap((table) => disk.sql.all(`SELECT * FROM ${table}`));
  expect(JSON.stringify(rows)).not.toMatch(/sleep|waiting|s_1|f_1/i);
});
