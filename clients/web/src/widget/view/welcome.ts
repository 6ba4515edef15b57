// Before the first word: who is here, and ways to begin.

import { el } from "../../../../../app/console/view/dom.js";
import { mark } from "../../../../../app/console/view/icons.js";
import { type Context, personaIn } from "./context";

/** Return the elements that stand where no message is yet. */
export function welcome(context: Context): HTMLElement[] {
  const { words, personas, act } = context;
  const faces = [...personas.keys()].map((id) => {
    const persona = personaIn(context, id);
    return el("li", {}, mark(persona), el("span", {}, persona?.name));
  });
  return [
    el("ul", { class: "faces", hidden: !faces.length }, faces),
    el("h3", { class: "hello" }, words.hello),
    el("p", { class: "hello-text" }, words.helloText),
    el("ul", { class: "starters" }, words.starters.map((text) => {
      const props = { type: "button", class: "starter", part: "starter", dir: "auto" };
      return el("li", {}, el("button", { ...props, onclick: () => act.say(text) }, text));
    })),
  ];
}
