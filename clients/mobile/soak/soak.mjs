// The app's core through a network that fails all the time: node soak/soak.mjs [minutes] [seed]
//
// What the app keeps of a queue and a history lies in SQLite between its lives. Needs the packages
// of clients/web, too.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { soak } from "../../web/soak/talk.mjs";

const [minutes = 1, seed = Date.now() % 100_000] = process.argv.slice(2).map(Number);
const near = (path) => fileURLToPath(new URL(path, import.meta.url));
const { build } = createRequire(near("../../web/package.json"))("esbuild");
const outfile = near("../dist/soak/handset.mjs");
await build({
  entryPoints: [near("handset.ts")], outfile, bundle: true, format: "esm", platform: "node", external: ["sql.js", "ws"],
  alias: { "@ion-mentoring/client": near("../../web/src/index.ts") },
});
const { Handset } = await import(outfile);

await soak({ minutes, seed, first: (url) => Handset.begin(url) });
