// The web build beside the real product, talked with in Chromium and photographed:
// node scripts/photograph.mjs [OUTDIR [english|korean|offline]]. It fails when anything on the way does not work.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startSite } from "./site.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const root = resolve(here, "../..");
const out = process.argv[2] ? resolve(process.argv[2]) : null;
const only = process.argv[3];
const PHONE = { width: 390, height: 844 };
const PATIENCE_MS = 30_000;

const data = mkdtempSync(join(tmpdir(), "ion-photograph-"));
const product = await startProduct();
const site = await startSite(`http://127.0.0.1:${product.port}`);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  // each person has a browser context of their own; the network goes away for all
  await Promise.all([run("english", english), run("korean", korean)]);
  await run("offline", withoutNetwork);
} finally {
  await browser.close();
  site.close();
  product.stop();
  rmSync(data, { recursive: true, force: true });
}

async function run(name, part) {
  if (only && only !== name) return;
  await part();
  console.log(`the app talked with the product: ${name}`);
}

async function english() {
  const { tab, shoot } = await open({ locale: "en-GB", timezoneId: "Europe/London" });
  await shoot("conversations-empty");
  await press(tab, "New conversation");
  await shoot("chat-empty");
  await say(tab, "I can't switch off after work. Even on the train home I keep going through my list.", 1);
  await shoot("chat-one");
  await say(tab, "My goal is to leave on time twice a week. I have a job interview on Friday.", 2);
  await tab.getByRole("button", { name: /Why this mentor/ }).last().click();
  await shoot("chat-why");
  await tab.getByRole("button", { name: /Why this mentor/ }).last().click();
  await tab.getByRole("button", { name: "Helpful", exact: true }).last().click();
  await tab.getByRole("button", { name: /^Who answers:/ }).click();
  await shoot("chat-mentors");
  await tab.getByRole("radio", { name: /^Elro/ }).click();
  await tab.getByRole("radio").first().waitFor({ state: "hidden" }); // until then it holds the focus
  await say(tab, "How do I plan next week so that it works?", 3);
  await tab.getByRole("button", { name: "Answer again" }).click();
  await tab.getByRole("button", { name: "Stop the answer" }).waitFor();
  await tab.getByRole("button", { name: "Stop the answer" }).waitFor({ state: "detached" });
  await settled(tab, 3);
  await shoot("chat");
  await tab.getByRole("button", { name: "Back" }).click();
  await press(tab, "New conversation");
  await say(tab, "I don't want to be alive any more.", 1);
  await shoot("chat-safety");
  await tab.getByRole("button", { name: "Back" }).click();
  await tab.getByText("How do I plan").or(tab.getByText("switch off")).first().waitFor();
  await shoot("conversations");
  await tab.getByRole("button", { name: /^Options for/ }).first().click();
  await shoot("conversations-options");
  await tab.getByRole("button", { name: "Close" }).click();
  await tab.getByRole("tab", { name: /Memory/ }).click();
  await tab.getByText("Why?").first().waitFor();
  await shoot("memory");
  await tab.getByRole("button", { name: "Why?" }).first().click();
  await tab.getByText("Where I know it from").waitFor();
  await shoot("memory-why");
  await tab.getByRole("tab", { name: /Check-ins/ }).click();
  await tab.getByRole("switch", { name: "Mentors may write to me first" }).click();
  await tab.getByRole("button", { name: "Agree on a time" }).click();
  await tab.getByLabel("What about?").fill("How leaving on time went");
  await tab.getByRole("button", { name: "Lua" }).click();
  await shoot("checkins-new");
  await tab.getByRole("button", { name: "Agree on a time" }).last().click();
  await tab.getByText("Weekdays · 09:00").waitFor();
  await shoot("checkins");
  await tab.getByRole("button", { name: "Notifications" }).click();
  await tab.getByRole("heading", { name: "Quiet hours" }).waitFor();
  await shoot("notifications");
  await tab.getByRole("button", { name: "Back" }).click();
  await tab.getByRole("tab", { name: /Settings/ }).click();
  await shoot("settings");
  await tab.getByRole("button", { name: "Help right now" }).last().click();
  await shoot("help");
  await tab.context().close();
}

async function korean() {
  const { tab, shoot } = await open({ locale: "ko-KR", timezoneId: "Asia/Seoul" });
  await press(tab, "새 대화");
  await shoot("ko-chat-empty");
  await say(tab, "면접이 다음 주라 너무 떨려요. 자기소개부터 막막해요.", 1);
  await say(tab, "그럼 일주일 계획을 같이 세워 주세요.", 2);
  await shoot("ko-chat");
  await tab.getByRole("button", { name: "뒤로" }).click();
  await shoot("ko-conversations");
  await tab.getByRole("tab", { name: /기억/ }).click();
  await shoot("ko-memory");
  await tab.getByRole("tab", { name: /안부/ }).click();
  await shoot("ko-checkins");
  await tab.getByRole("tab", { name: /설정/ }).click();
  await shoot("ko-settings");
  await tab.context().close();
}

/** What was said is there without a network; what is said then is sent when it is back. */
async function withoutNetwork() {
  const { tab, shoot } = await open({ locale: "en-GB" });
  await press(tab, "New conversation");
  await say(tab, "I can't sleep before exams.", 1);
  site.cut(true);
  await tab.getByText("You are offline.").last().waitFor();
  await write(tab, "And my exam is on Monday.");
  await tab.getByText("Waiting to be sent").waitFor();
  await shoot("offline");
  await tab.reload();
  await tab.getByText("And my exam is on Monday.").last().waitFor();
  await tab.getByText("I can't sleep before exams.").last().waitFor();
  site.cut(false);
  await settled(tab, 2);
  await tab.context().close();
}

async function open(options) {
  const context = await browser.newContext({ viewport: PHONE, deviceScaleFactor: 2, colorScheme: "light", ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const tab = await context.newPage();
  tab.on("pageerror", (error) => {
    throw error;
  });
  await tab.goto(site.url);
  await tab.getByRole("tab").first().waitFor();
  return { tab, shoot: (name) => shoot(tab, name) };
}

async function shoot(tab, name) {
  if (!out) return;
  mkdirSync(out, { recursive: true });
  for (const colorScheme of ["light", "dark"]) {
    await tab.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await tab.waitForTimeout(350);
    await tab.screenshot({ path: join(out, `${name}-${colorScheme}.png`) });
  }
  await tab.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

async function press(tab, name) {
  await tab.getByRole("button", { name }).first().click();
}

async function write(tab, text) {
  const field = tab.getByRole("textbox").last();
  await field.fill(text);
  await field.press("Enter");
}

async function say(tab, text, answers) {
  await write(tab, text);
  await settled(tab, answers);
}

/** Wait until a conversation has that many whole answers. */
async function settled(tab, answers) {
  const shares = tab.getByRole("button", { name: /Share this answer|이 답 공유하기/ });
  await shares.nth(answers - 1).waitFor();
  await tab.waitForTimeout(900); // until the archive was asked for what it knows of the answer
}

async function startProduct() {
  const port = await freePort();
  const own = join(root, ".venv/bin/python");
  const python = process.env.PYTHON ?? (existsSync(own) ? own : "python3");
  const env = { ...process.env, ION_PORT: String(port), ION_DATA_DIR: data, ION_LLM: "offline", ION_LOG_LEVEL: "warning" };
  const child = spawn(python, ["-m", "app.cli", "serve"], { cwd: root, env, stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise((done) => child.once("exit", done));
  for (let left = 300; ; left -= 1) {
    const up = await fetch(`http://127.0.0.1:${port}/api/v2.1/health/ready`).then((response) => response.ok, () => false);
    if (up) break;
    if (left === 0 || child.exitCode !== null) throw new Error("the product did not start");
    await new Promise((done) => setTimeout(done, 200));
  }
  return { port, stop: () => (child.kill("SIGTERM"), ended) };
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
