// <ion-chat>: a button that costs a page next to nothing, and the panel once it is wanted.

import { ATTRIBUTES, type Config, configOf, isRightToLeft } from "./config";
import type { Host, IonEvents, Notified, Panel, PanelModule, TokenSource } from "./host";
import css from "./launcher.css";
import { PageWords, ownLanguage } from "./words";

const BUBBLE = "M12 3.2c5 0 8.8 3.3 8.8 7.6s-3.8 7.600-8.800 7.600c-.9 0-1.800-.1-2.600-.3L5 20.600l.7-4.100"
  + "c-1.600-1.400-2.500-3.400-2.500-5.700 0-4.300 3.800-7.600 8.800-7.600z";
const FLAME = "M12.200 6.200c1.800 1.700 2.800 3 2.800 4.700a3 3 0 0 1-6 0c0-1 .4-1.800 1.200-2.600.2.8.6 1.200 1.200 1.500"
  + "-.2-1.300-.1-2.400.8-3.600z";

/** The element; `script` is the address that it was loaded from. */
export class IonChatElement extends HTMLElement implements Host {
  static script = location.href;
  static readonly observedAttributes = ATTRIBUTES;
  readonly root = this.attachShadow({ mode: "open" });
  readonly words = new PageWords();
  #button = document.createElement("button");
  #badge = document.createElement("span");
  #notice = document.createElement("p");
  #panel: Promise<Panel> | null = null;
  #tries = 0;
  #isOpen = false;
  #unread = 0;
  #cameFrom: Element | null = null;

  connectedCallback(): void {
    if (!this.#button.isConnected) this.#build();
    const { lang } = this.config();
    if (!this.hasAttribute("dir") && isRightToLeft(this.dataset.lang ?? "")) this.dir = "rtl";
    this.lang = this.words.has(lang) ? lang : ownLanguage(lang);
    this.#say();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.configured();
  }

  /** The page's settings or words are others now. */
  configured(): void {
    this.connectedCallback();
    void this.#panel?.then((panel) => panel.configured(), () => {});
  }

  config(): Config {
    return configOf(this, IonChatElement.script);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Open the panel; resolves when it can be seen. */
  async open(session?: string): Promise<void> {
    const known = this.#isOpen;
    if (known && !session) return;
    if (!known) this.#cameFrom = document.activeElement;
    this.#become(true);
    this.#button.ariaBusy = "true";
    try {
      const panel = await this.load();
      if (!this.#isOpen) return;
      panel.show(session);
      if (!known) this.emit("open", {});
    } catch {
      this.#become(false);
      this.#tell(this.words.launcher(this.config().lang).notLoaded);
    } finally {
      this.#button.ariaBusy = null;
    }
  }

  /** Close the panel and give the focus back to where it was. */
  close(): void {
    if (!this.#isOpen) return;
    const hadFocus = document.activeElement === this || document.activeElement === document.body;
    this.#become(false);
    void this.#panel?.then((panel) => panel.hide());
    const from = this.#cameFrom;
    const elsewhere = from instanceof HTMLElement && from !== this && from !== document.body;
    if (hadFocus) (elsewhere && from.isConnected ? from : this.#button).focus();
    this.emit("close", {});
  }

  /** Go on where the person was: at what a notification names, or quietly where they spoke before. */
  wake(): void {
    const session = /^#(s_\w+)$/.exec(location.hash)?.[1];
    if (session) void this.open(session);
    else if (spokeBefore(this.config().site)) this.#whenIdle(() => void this.load().catch(() => {}));
  }

  /** Fetch the panel without opening it. */
  load(): Promise<Panel> {
    // a module that could not be fetched is not asked for again under the same name
    const again = this.#tries ? `&try=${this.#tries}` : "";
    this.#panel ??= import(new URL(PANEL_FILE + again, IonChatElement.script).href).then(
      (module: PanelModule) => module.createPanel(this),
    );
    this.#panel.catch(() => {
      this.#panel = null;
      this.#tries += 1;
    });
    return this.#panel;
  }

  /** Become a user; the panel may be fetched for it, but not before the page has what it needs. */
  async identify(source: TokenSource): Promise<void> {
    await new Promise<void>((go) => (this.#panel ? go() : this.#whenIdle(go)));
    return (await this.load()).identify(source);
  }

  async logout(): Promise<void> {
    return (await this.load()).logout();
  }

  /** Ask for notifications; call it from a click. */
  async notify(): Promise<Notified> {
    if (!("Notification" in window) || !("PushManager" in window)) return "unsupported";
    // some browsers ask only while the click is still being handled
    const [panel, answer] = await Promise.all([this.load(), Notification.requestPermission()]);
    return answer === "granted" ? panel.notify() : "denied";
  }

  emit<K extends keyof IonEvents>(name: K, detail: IonEvents[K]): void {
    if ("count" in detail) this.#count(detail.count as number);
    this.dispatchEvent(new CustomEvent(`ion-${name}`, { detail, bubbles: true, composed: true }));
  }

  #whenIdle(act: () => void): void {
    if ("requestIdleCallback" in window) requestIdleCallback(() => act(), { timeout: 3_000 });
    else setTimeout(act, 1_000);
  }

  #build(): void {
    if (!this.config().site) {
      console.warn(`ION chat: there is no data-site. For a key run: ion site add NAME ${location.origin}`);
    }
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    this.root.adoptedStyleSheets = [sheet];
    this.#button.type = "button";
    this.#button.part.add("launcher");
    this.#button.setAttribute("aria-haspopup", "dialog");
    this.#badge.part.add("badge");
    this.#notice.part.add("notice");
    this.#notice.role = "status";
    this.#button.append(drawing(), this.#badge);
    this.root.append(this.#button, this.#notice);
    this.#button.addEventListener("click", () => (this.#isOpen ? this.close() : void this.open()));
    // who points at it will want it
    for (const sign of ["pointerenter", "focus", "touchstart"]) {
      const listen = { once: true, passive: true };
      this.#button.addEventListener(sign, () => void this.load().catch(() => {}), listen);
    }
  }

  #become(open: boolean): void {
    this.#isOpen = open;
    this.toggleAttribute("data-open", open);
    this.#tell("");
    this.#say();
  }

  #count(unread: number): void {
    this.#unread = unread;
    this.#say();
  }

  #say(): void {
    const words = this.words.launcher(this.config().lang);
    const many = this.#unread;
    this.#button.ariaExpanded = String(this.#isOpen);
    this.#button.ariaLabel = this.#isOpen ? words.close : many ? words.openUnread(many) : words.open;
    this.#badge.hidden = !many || this.#isOpen;
    this.#badge.textContent = many > 99 ? "99+" : String(many);
  }

  #tell(text: string): void {
    this.#notice.textContent = text;
  }
}

function spokeBefore(site: string): boolean {
  try {
    return localStorage.getItem(`ion.${site}.spoke`) !== null;
  } catch {
    return false;
  }
}

function drawing(): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const [name, d] of [["bubble", BUBBLE], ["flame", FLAME], ["down", "M6.500 10l5.500 5.500 5.500-5.500"]] as const) {
    const path = document.createElementNS(svg.namespaceURI, "path") as SVGPathElement;
    path.setAttribute("class", name);
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
