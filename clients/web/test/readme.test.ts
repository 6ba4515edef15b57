// The programs of the README, run as they are written there, against the product.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startProduct } from "../soak/product.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(here, "README.md"), "utf8");
const [first, second] = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code!);
const directory = mkdtempSync(join(tmpdir(), "ion-readme-"));
let product: Awaited<ReturnType<typeof startProduct>>;

beforeAll(async () => {
  product = await startProduct({ ION_SCRIPTED_TOKENS: "5" });
  const own = join(directory, "node_modules/@ion-mentoring/client");
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "package.json"), JSON.stringify({ type: "module", exports: "./index.js" }));
  await build({ entryPoints: [join(here, "src/index.ts")], outfile: join(own, "index.js"), bundle: true, format: "esm" });
  symlinkSync(join(here, "node_modules/ws"), join(directory, "node_modules/ws"));
});
afterAll(async () => {
  await product?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Run a program; returns what it printed by its end, or by when it printed `until`. */
function run(code: string, until?: RegExp): Promise<string> {
  const file = join(directory, "talk.mjs");
  writeFileSync(file, code.replace(/http.*?(?=")/, product.url));
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  return new Promise((done) => {
    child.stdout.on("data", (data) => {
      printed += data;
      if (until?.test(printed)) child.kill();
    });
    child.once("exit", () => done(printed));
  });
}

test("the first program prints an answer, and ends", async () => {
  expect(await run(first!)).not.toBe("");
});

test("the page shows what was said and the answer", async () => {
  const page = `
    import WebSocket from "ws";
    const kept = new Map();
    globalThis.WebSocket = WebSocket;
    globalThis.localStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, to) => kept.set(key, to) };
    globalThis.document = { body: { set textContent(text) { console.log(text); } } };
  `;
  const printed = await run(page + second, /assistant \(done\)/);
  expect(printed).toContain("user (queued): Good morning");
  expect(printed).toContain("user (sent): Good morning");
  expect(printed).toMatch(/assistant \(streaming\): \w/);
});
