// The web build on an address of its own, with the product behind it:
// node scripts/site.mjs [http://127.0.0.1:8000], then open what it prints.

import { existsSync, readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const page = fileURLToPath(new URL("../dist/web", import.meta.url));
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".png": "image/png", ".ico": "image/x-icon" };

/** Serve the web build, and hand on to the product what is the product's. */
export async function startSite(product, port = 0) {
  const { hostname, port: productPort } = new URL(product);
  let away = false;
  const sockets = new Set();
  const server = createServer((asked, answer) => {
    if (!asked.url.startsWith("/api/")) return serve(asked.url, answer);
    if (away) return void asked.socket.destroy();
    const options = { host: hostname, port: productPort, path: asked.url, method: asked.method, headers: asked.headers };
    const passed = request(options, (response) => {
      answer.writeHead(response.statusCode, response.headers);
      response.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  server.on("upgrade", (asked, socket, head) => {
    if (away) return void socket.destroy();
    const lines = [`${asked.method} ${asked.url} HTTP/1.1`];
    for (let at = 0; at < asked.rawHeaders.length; at += 2) lines.push(`${asked.rawHeaders[at]}: ${asked.rawHeaders[at + 1]}`);
    const through = connect(Number(productPort), hostname, () => {
      through.write(`${lines.join("\r\n")}\r\n\r\n`);
      if (head.length) through.write(head);
      socket.pipe(through).pipe(socket);
    });
    sockets.add(socket);
    for (const each of [socket, through]) each.on("error", () => (socket.destroy(), through.destroy()));
    socket.on("close", () => (sockets.delete(socket), through.destroy()));
  });
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    cut: (now) => {
      away = now;
      if (now) for (const socket of sockets) socket.destroy();
    },
    close: () => (server.closeAllConnections(), server.close()),
  };
}

function serve(url, answer) {
  const path = join(page, decodeURIComponent(new URL(url, "http://localhost").pathname));
  const file = path.startsWith(page) && extname(path) && existsSync(path) ? path : join(page, "index.html");
  answer.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
  answer.end(readFileSync(file));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startSite(process.argv[2] ?? "http://127.0.0.1:8000", 8081);
  console.log(`The app is at ${url}`);
}
