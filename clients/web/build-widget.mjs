// Builds the chat for pages of others into app/widget, and says what it weighs.
// With --check nothing is written: what stands there must be what the sources make.

import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { minify } from "terser";

const MOST_BYTES = { "ion-chat.js": 5_120, "ion-chat-panel.js": 26_624, "ion-sw.js": 1_024 };
const target = ["chrome123", "firefox120", "safari17.5"];
const compress = { passes: 4, pure_getters: true, unsafe: true, unsafe_arrows: true };
const here = new URL(".", import.meta.url).pathname;
const out = `${here}../../app/widget/`;
const check = process.argv.includes("--check");

/** Styles come into the script as one minified string. */
const styles = {
  name: "styles",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

/** Of the page's drawings those come along whose names the widget says. */
const drawings = {
  name: "drawings",
  setup({ onLoad }) {
    onLoad({ filter: /console.view.icons\.js$/ }, async ({ path }) => {
      const [text, said] = [await readFile(path, "utf8"), await sources()];
      const [icons, marks] = text.split(/^(?=const MARKS)/m);
      const drawn = icons.replace(/^  (\w+): \[.*\],\n/gm, (line, name) => (said.includes(`"${name}"`) ? line : ""));
      return { contents: drawn + marks, loader: "js" };
    });
  },
};

/** The SDK's own accounts stay at home: the panel has others. */
const accounts = {
  name: "accounts",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/auth$/ }, () => ({ path: `${here}src/widget/panel/auth.ts` }));
  },
};

async function sources() {
  const folder = `${here}src/widget/`;
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const files = [...names.map((name) => folder + name), `${here}../../app/console/view/safety.js`];
  return (await Promise.all(files.map((file) => readFile(file, "utf8")))).join();
}

async function made(entry, options) {
  const { outputFiles } = await build({
    entryPoints: [`${here}src/widget/${entry}.ts`],
    bundle: true,
    minify: true,
    write: false,
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    plugins: [styles, drawings, accounts],
    // names that begin with $ are the SDK's own
    mangleProps: /^\$/,
    target,
    ...options,
  });
  const module = options.format === "esm";
  const { code } = await minify(outputFiles[0].text, { module, ecma: 2022, compress });
  return code;
}

const panel = await made("panel/panel", { format: "esm" });
// a panel that changed is fetched anew, however long the old one may be kept
const version = createHash("sha256").update(panel).digest("hex").slice(0, 12);
const define = { PANEL_FILE: JSON.stringify(`ion-chat-panel.js?v=${version}`) };
const files = {
  "ion-chat.js": await made("launcher/index", { format: "iife", define }),
  "ion-chat-panel.js": panel,
  "ion-sw.js": await made("worker/worker", { format: "iife" }),
};

for (const [name, text] of Object.entries(files)) {
  const bytes = gzipSync(text, { level: 9 }).length;
  console.log(`${name}: ${bytes} bytes minified and gzipped, at most ${MOST_BYTES[name]}`);
  if (bytes > MOST_BYTES[name]) process.exitCode = 1;
  if (!check) await writeFile(out + name, text);
  else if (text !== await readFile(out + name, "utf8").catch(() => "")) {
    console.error(`app/widget/${name} is not what its sources make: npm run build:widget`);
    process.exitCode = 1;
  }
}
