// The product as a child process, and Python for it.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Start Python in the repository; it ends when its stdin does. */
export function python(args, more = {}) {
  const own = join(root, ".venv/bin/python");
  const command = process.env.PYTHON ?? (existsSync(own) ? own : "python3");
  const env = { ...process.env, PYTHONPATH: root, ...more };
  return spawn(command, args, { cwd: root, env, stdio: ["pipe", "pipe", "pipe"] });
}

/** Run `ion serve` on a free port; returns { url, port, output(), stop() }. */
export async function startProduct(settings = {}) {
  const directory = mkdtempSync(join(tmpdir(), "ion-web-"));
  const port = await freePort();
  const child = python(["-m", "app.cli", "serve"], {
    ION_PORT: String(port),
    ION_DATA_DIR: join(directory, "data"),
    ION_ENCODER: "off",
    ION_LLM: "scripted",
    ...settings,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => { output = (output + data).slice(-200_000); });
  }
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const ended = new Promise((done) => child.once("exit", done));
  const stop = async () => {
    child.kill("SIGTERM");
    const late = setTimeout(kill, 5_000);
    await ended;
    clearTimeout(late);
    process.off("exit", kill);
    rmSync(directory, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  for (const until = Date.now() + 120_000; ;) {
    const ready = await fetch(`${url}/api/v2.1/health/ready`).then(({ ok }) => ok, () => false);
    if (ready) return { url, port, stop, output: () => output };
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`the product did not start:\n${output.slice(-2_000)}`);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}

function freePort() {
  return new Promise((done) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}
