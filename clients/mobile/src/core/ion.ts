// The app's root: what the person set, and the server that they use.

import { House } from "./house";
import type { Phone } from "./phone";
import { Signal } from "./signal";
import type { ThemeChoice } from "../ui/theme";
import type { Language, LanguageChoice } from "../words";
import { chooseLanguage } from "../words";

const SERVER = "server";
const LANGUAGE = "language";
const THEME = "theme";
const INSTALLATION = "installation";

export class Ion extends Signal {
  readonly phone: Phone;
  house: House;

  constructor(phone: Phone) {
    super();
    this.phone = phone;
    this.house = this.#newHouse();
  }

  /** Where the server is. */
  get server(): string {
    return this.phone.pairs.get(SERVER) ?? this.phone.server;
  }

  get languageChoice(): LanguageChoice {
    const kept = this.phone.pairs.get(LANGUAGE);
    return kept === "en" || kept === "ko" ? kept : "auto";
  }

  get language(): Language {
    return chooseLanguage(this.languageChoice, this.phone.languages);
  }

  get theme(): ThemeChoice {
    const kept = this.phone.pairs.get(THEME);
    return kept === "light" || kept === "dark" ? kept : "auto";
  }

  start(): void {
    this.house.start();
  }

  stop(): void {
    this.house.stop();
  }

  chooseTheme(theme: ThemeChoice): void {
    this.phone.pairs.set(THEME, theme);
    this.changed();
  }

  chooseLanguage(language: LanguageChoice): void {
    this.phone.pairs.set(LANGUAGE, language);
    this.changed();
    void this.house.refreshPersonas();
    void this.house.push.refresh();
  }

  /** Use another server: its conversations are kept apart. */
  chooseServer(server: string): void {
    if (server === this.server) return;
    this.phone.pairs.set(SERVER, server);
    this.house.stop();
    this.house = this.#newHouse();
    this.house.start();
    this.changed();
  }

  #newHouse(): House {
    return new House({
      phone: this.phone, server: this.server, installationId: this.#installation(), language: () => this.language,
    });
  }

  #installation(): string {
    const kept = this.phone.pairs.get(INSTALLATION);
    const id = kept ?? this.phone.newId();
    if (kept === null) this.phone.pairs.set(INSTALLATION, id);
    return id;
  }
}
