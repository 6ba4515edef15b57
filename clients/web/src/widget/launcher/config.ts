// What the page asks for: `data-` attributes of the script tag, or of an <ion-chat> in the page.

/** The settings of one widget. */
export interface Config {
  /** The site's public key. */
  site: string;
  /** Address of the server, without a slash at its end. */
  server: string;
  /** Who answers: a persona's id, or "" for whoever fits. */
  persona: string;
  /** Language of the widget's own words. */
  lang: string;
  /** Heading of the panel, or "" for the usual one. */
  title: string;
  /** Path of the page's service worker, or "" where there is none. */
  worker: string;
}

/** The attributes that an <ion-chat> listens to. */
export const ATTRIBUTES = ["data-lang", "data-persona", "data-title"];

/** Return the settings of an element; `script` is the address that the launcher came from. */
export function configOf(host: HTMLElement, script: string): Config {
  const around = host.parentElement ?? document.documentElement;
  const { site = "", server = "..", persona = "", lang, title = "", worker = "" } = host.dataset;
  return {
    site,
    server: new URL(server, script).href.replace(/\/+$/, ""),
    persona,
    lang: lang || around.closest<HTMLElement>("[lang]")?.lang || navigator.language,
    title,
    worker,
  };
}

/** Return whether a language is written from right to left. */
export function isRightToLeft(lang: string): boolean {
  return /^(ar|dv|fa|he|ps|sd|ug|ur|yi)\b/i.test(lang);
}
