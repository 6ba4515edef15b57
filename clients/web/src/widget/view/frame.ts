// The panel as a dialog: focus, Escape, and a phone's keyboard.

import { el, setText } from "../../../../../app/console/view/dom.js";

const PHONE = "(max-width: 560px), (max-height: 460px)";
const FOCUSABLE = "button, textarea, a[href], [tabindex='0']";

/** What surrounds the parts of the panel. */
export class Frame {
  readonly element = el("section", {
    class: "panel", part: "panel", role: "dialog", "aria-labelledby": "title", tabindex: "-1", hidden: true,
  });
  #note = el("p", { class: "ai", part: "note" });
  #phone = matchMedia(PHONE);

  constructor(parts: HTMLElement[], close: () => void) {
    this.element.append(...parts, this.#note);
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) {
        event.stopPropagation();
        close();
      }
      if (event.key === "Tab" && this.#phone.matches) this.#stay(event);
    });
    this.#phone.addEventListener("change", () => this.#fit());
    visualViewport?.addEventListener("resize", () => this.#fit());
    visualViewport?.addEventListener("scroll", () => this.#fit());
  }

  /** Say what stands below everything. */
  say(note: string): void {
    setText(this.#note, note);
  }

  /** Show it and move the focus in, but do not bring up a keyboard that was not asked for. */
  show(field: HTMLElement): void {
    this.element.hidden = false;
    this.#fit();
    this.enter(field);
  }

  /** Move the focus to where something can be said. */
  enter(field: HTMLElement): void {
    const touch = matchMedia("(pointer: coarse)").matches;
    (touch ? this.element : field).focus({ preventScroll: true });
  }

  hide(): void {
    this.element.hidden = true;
  }

  /** A full screen ends where the keyboard begins; not every browser makes the page smaller for it. */
  #fit(): void {
    this.element.ariaModal = this.#phone.matches ? "true" : "false";
    const { height, offsetTop } = visualViewport ?? { height: innerHeight, offsetTop: 0 };
    this.element.style.setProperty("--seen-height", `${height}px`);
    this.element.style.setProperty("--seen-top", `${offsetTop}px`);
  }

  /** Where it covers the page, the keyboard stays in it as well. */
  #stay(event: KeyboardEvent): void {
    const all = [...this.element.querySelectorAll<HTMLElement>(FOCUSABLE)]
      .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !(each as HTMLButtonElement).disabled);
    const active = (this.element.getRootNode() as ShadowRoot).activeElement;
    const [end, other] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
    if (active !== end && !(event.shiftKey && active === this.element)) return;
    event.preventDefault();
    other?.focus();
  }
}
