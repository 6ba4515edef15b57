// The client against the product as a process, through a network that fails at random.

import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import { IonClient, memory, type Options, type Session } from "../src/index";
import { startProduct } from "../soak/product.mjs";
import { FaultProxy } from "../soak/proxy.mjs";

let product: Awaited<ReturnType<typeof startProduct>>;

beforeAll(async () => {
  product = await startProduct({ ION_SCRIPTED_TOKENS: "30", ION_SCRIPTED_INTERVAL_MS: "10" });
});
afterAll(() => product?.stop());

function begin(options: Partial<Options> = {}): IonClient {
  const client = new IonClient({
    url: product.url,
    storage: memory(),
    socket: (url, protocols) => new WebSocket(url, protocols) as any,
    backoff: { first_ms: 50, most_ms: 500 },
    ...options,
  });
  client.connect();
  return client;
}

async function until(holds: () => boolean, ms = 30_000): Promise<void> {
  for (const last = Date.now() + ms; !holds();) {
    if (Date.now() > last) throw new Error(`not within ${ms} ms: ${holds}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

const settled = (session: Session) => () => !session.running
  && session.messages.every(({ status }) => status !== "queued" && status !== "streaming");

/** Return what the archive has of a session, as the client shows it. */
async function archived(client: IonClient, { id }: Session): Promise<string[]> {
  const page = await client.rest<any>("GET", `/sessions/${id}/messages?limit=100`);
  return page.messages.map(({ role, text }: any) => `${role}: ${text}`);
}
const shown = ({ messages }: Session) => messages.map(({ role, text }) => `${role}: ${text}`);

test("a conversation is the same here, on a second device and in the archive", async () => {
  const client = begin();
  const session = client.session();
  const first = session.send("I can't decide between two jobs");
  await until(() => session.messages.length > 1 && settled(session)());
  expect(session.messages).toMatchObject([
    { key: first, role: "user", status: "sent" },
    { role: "assistant", status: "done", persona: expect.any(String) },
  ]);
  expect(shown(session)).toEqual(await archived(client, session));
  const token = (await client.rest<any>("GET", "/sessions")).sessions[0].id;
  expect(token).toBe(session.id);

  expect(client.unread).toBe(1);
  session.read();
  await until(() => session.info?.unread === 0 || client.unread === 0);
  const [, before] = session.messages;
  session.regenerate();
  await until(() => session.messages.length === 2 && session.messages[1]!.key !== before!.key && settled(session)());

  session.send("And now?", { policy: "queue" });
  await until(() => session.messages.at(-1)!.status === "streaming");
  session.stop();
  await until(settled(session));
  expect(session.messages.at(-1)!.status).toBe("stopped");
  expect(shown(session)).toEqual(await archived(client, session));
  client.close();
});

test("older messages are fetched page by page, in order", async () => {
  const client = begin();
  const session = client.session();
  session.send("one", { policy: "queue" });
  await until(() => !!session.id);
  for (let n = 2; n <= 4; n += 1) session.send(`message ${n}`, { policy: "queue" });
  await until(() => session.messages.length === 8 && settled(session)());
  const all = shown(session);
  while (await session.older(2)) expect(shown(session)).toEqual(all);
  expect(shown(session)).toEqual(all);
  client.close();
});

test("two tabs that find the same unsent message say it once", async () => {
  const storage = memory();
  const offline = begin({ storage, url: "http://127.0.0.1:9" });
  offline.session().send("only once");
  await until(() => offline.state === "waiting");
  offline.close();
  const tabs = [begin({ storage }), begin({ storage })];
  await until(() => tabs.every(({ opened: [session] }) => session && session.messages.length === 2 && settled(session)()));
  const [one, two] = tabs.map(({ opened: [session] }) => session!);
  expect(one!.id).toBe(two!.id);
  expect(shown(one!)).toEqual(await archived(tabs[0]!, one!));
  expect(shown(two!)).toEqual(shown(one!));
  expect((storage.keys() as string[]).filter((key) => key.includes("q:"))).toEqual([]);
  for (const tab of tabs) tab.close();
});

const SEEDS = (process.env.SEEDS ?? "1 2 3").split(" ").map(Number);

test.each(SEEDS)("nothing is lost, doubled or out of order over random faults (seed %i)", async (seed) => {
  let state = seed;
  const roll = (n: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const proxy = await new FaultProxy(product.port).start();
  const storage = memory();
  let client = begin({ url: proxy.url, storage });
  let session = client.session();
  const { key } = session;
  const said: string[] = [];
  for (let step = 0; step < 40; step += 1) {
    switch (roll(8)) {
      case 0: proxy.cut(); break;
      case 1: proxy.cutAfter(roll(2_000)); break;
      case 2: proxy.halfOpen(); client.wake(); break;
      case 3:
        proxy.refuse(true);
        setTimeout(() => (proxy.refuse(false), client.wake()), roll(300));
        break;
      case 4: // the program dies and begins anew
        client.close();
        client = begin({ url: proxy.url, storage });
        session = client.session(key);
        break;
      default:
        said.push(session.send(`message ${said.length}`, { policy: roll(2) ? "queue" : "merge" }));
    }
    await new Promise((done) => setTimeout(done, roll(120)));
  }
  proxy.refuse(false);
  client.wake();
  await until(() => {
    const own = session.messages.filter(({ role }) => role === "user");
    return own.length === said.length && settled(session)() && client.state === "open";
  }, 60_000);
  const own = session.messages.filter(({ role }) => role === "user");
  expect(own.map(({ text }) => text)).toEqual(said.map((_, at) => `message ${at}`));
  expect(own.map((each) => each.key)).toEqual(said);
  expect(shown(session)).toEqual(await archived(client, session));
  client.close();
  await proxy.stop();
}, 120_000);
