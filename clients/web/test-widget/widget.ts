// A person in front of the widget, in Chromium.

import { type Browser, type BrowserContext, type BrowserContextOptions, type Page, chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
];

/** Start Chromium. */
export function startBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: FLAGS });
}

/** The widget on a page. */
export class Widget {
  readonly errors: string[] = [];

  constructor(readonly page: Page) {
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      const { type, text } = { type: message.type(), text: message.text() };
      // who is offline on purpose need not be told that nothing can be fetched
      if (type === "error" && !/net::ERR|Failed to load resource/.test(text)) this.errors.push(text);
    });
  }

  get launcher() {
    return this.page.locator("ion-chat [part=launcher]");
  }

  get panel() {
    return this.page.getByRole("dialog");
  }

  get field() {
    return this.page.locator("ion-chat textarea");
  }

  get said() {
    return this.page.locator("ion-chat .said");
  }

  get answers() {
    return this.page.locator("ion-chat .answer:not([aria-busy])");
  }

  get banner() {
    return this.page.locator("ion-chat [part=banner] p");
  }

  /** Open the panel by a click. */
  async open(): Promise<void> {
    await this.launcher.click();
    await this.panel.waitFor();
  }

  /** Write and send, as with a keyboard. */
  async say(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press("Enter");
  }

  /** Say something and wait for the whole answer; returns it. */
  async ask(text: string): Promise<string> {
    const before = await this.answers.count();
    await this.say(text);
    await this.answers.nth(before).waitFor({ timeout: 40_000 });
    return (await this.answers.nth(before).locator(".prose").innerText()).trim();
  }

  /** Return what has the focus: a part's name inside of the widget, or the page's element. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const outer = document.activeElement;
      const inner = outer?.shadowRoot?.activeElement;
      return inner ? inner.getAttribute("part") ?? inner.tagName : outer?.id || outer?.tagName || "";
    });
  }
}

/** Open a page in a browser of its own kind. */
export async function visit(
  browser: Browser | BrowserContext, url: string, options: BrowserContextOptions = {},
): Promise<Widget> {
  const context = "newContext" in browser ? await browser.newContext(options) : browser;
  const widget = new Widget(await context.newPage());
  await widget.page.goto(url);
  await widget.launcher.waitFor();
  return widget;
}
