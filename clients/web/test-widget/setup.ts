// Once for all tests: the product, and a page of another origin with the widget on it.

import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { python, startProduct } from "../soak/product.mjs";
import { startSite } from "./site";

// answers of a known pace: three seconds each
const PACE = { ION_LLM: "scripted", ION_SCRIPTED_TOKENS: "60", ION_SCRIPTED_INTERVAL_MS: "50" };

/** Start them, and a slower one; returns what stops them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const key = { ION_SECRET_KEY: randomBytes(32).toString("hex") };
  const settings = { ION_LLM: "offline", ION_VAPID_SUBJECT: "mailto:ops@example.org", ...key };
  const [product, slow, secret] = await Promise.all([startProduct(settings), startProduct(PACE), secretOf(key)]);
  const [site, slowSite] = await Promise.all([startSite(product.url), startSite(slow.url)]);
  project.provide("product", product.url);
  project.provide("site", site.url);
  project.provide("slowSite", slowSite.url);
  project.provide("secret", secret);
  return async () => {
    await Promise.all([site.stop(), slowSite.stop()]);
    await Promise.all([product.stop(), slow.stop()]);
  };
}

/** Return the secret of the site that development has for pages of this machine. */
async function secretOf(key: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "ion-site-"));
  const asked = python(["-m", "app.cli", "site", "secret", "demo"], { ION_DATA_DIR: directory, ...key });
  let printed = "";
  asked.stdout?.on("data", (data) => (printed += data));
  await new Promise((done) => asked.once("exit", done));
  await rm(directory, { recursive: true });
  return printed.trim();
}

declare module "vitest" {
  export interface ProvidedContext {
    product: string;
    site: string;
    slowSite: string;
    secret: string;
  }
}
