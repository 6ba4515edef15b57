// Somebody else's page, of another origin than the product, with the script tag on it.

import { createServer, type Server } from "node:http";

/** A page's server. */
export interface Site {
  url: string;
  stop(): Promise<void>;
}

const TEXT = "<p>Our workshop makes chairs that last. Each is cut, glued and oiled by hand, and comes "
  + "with a drawing of every joint, so that a neighbour can mend it in forty years.</p>";

/**
 * Serve a page for the product at `server`. Its query becomes the script's `data-` attributes,
 * but `dir` and `lang`, which are the page's own.
 */
export async function startSite(server: string): Promise<Site> {
  const site = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://site");
    const worker = pathname === "/ion-sw.js";
    response.setHeader("content-type", worker ? "text/javascript" : "text/html; charset=utf-8");
    response.setHeader("content-security-policy", policy(server));
    response.end(worker ? `importScripts(${JSON.stringify(`${server}/widget/ion-sw.js`)});` : page(server, searchParams));
  });
  await new Promise<void>((done) => site.listen(0, "127.0.0.1", done));
  const { port } = site.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, stop: () => closed(site) };
}

/** What a careful page allows: what docs/clients/widget.md says that it must. */
function policy(server: string): string {
  const socket = server.replace(/^http/, "ws");
  return `default-src 'self'; script-src 'self' ${server} 'nonce-page'; style-src 'nonce-page'; `
    + `connect-src ${server} ${socket}; worker-src 'self' ${server}`;
}

function page(server: string, query: URLSearchParams): string {
  const own = ["lang", "dir"];
  const data = [...query].filter(([name]) => !own.includes(name))
    .map(([name, value]) => `data-${name}="${escaped(value)}"`);
  const root = own.filter((name) => query.has(name)).map((name) => `${name}="${escaped(query.get(name) ?? "")}"`);
  return `<!doctype html>
<html ${root.join(" ") || 'lang="en"'}>
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
  <title>The Workshop</title>
  <style nonce="page">
    html { font-size: 10px; } body { max-width: 62ch; margin: 40px auto; padding: 0 20px; font: 18px/1.6 Georgia, serif; }
    button { text-transform: uppercase; letter-spacing: 4px; }
    @media (prefers-color-scheme: dark) { body { background: #14171a; color: #d9dee3; } a { color: #9cc4ff; } }
  </style>
  <script src="${server}/widget/ion-chat.js" data-site="demo" ${data.join(" ")} async></script>
</head>
<body>
  <main>
    <h1>The Workshop</h1>
    ${TEXT.repeat(3)}
    <p><a id="help" href="#help">Ask about a chair</a></p>
    ${TEXT.repeat(3)}
  </main>
</body>
</html>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

function closed(site: Server): Promise<void> {
  site.closeAllConnections();
  return new Promise((done) => site.close(() => done()));
}
