// People to reach, shown calmly and one tap away.

import { el } from "./dom.js";
import { icon } from "./icons.js";

/** Return the card's elements: none without contacts. */
export function safetyCard(resources, words) {
  if (!resources?.length) return [];
  return [
    el("section", { class: "safety", "aria-label": words.safetyTitle },
      el("h3", {}, icon("heart"), words.safetyTitle),
      el("p", {}, words.safetyText),
      el("ul", {}, resources.map((line) => helpLine(line, words)))),
  ];
}

function helpLine(line, words) {
  const { name, contact, url, hours, checked } = line;
  const href = contactHref(contact);
  const way = href
    ? el("a", { class: "contact", href, "aria-label": words.call(name, contact) }, contact)
    : el("span", { class: "contact" }, contact);
  const site = /^https:\/\//.test(url)
    && el("a", { href: url, target: "_blank", rel: "noopener noreferrer", "aria-label": `${words.website}: ${name}` }, words.website);
  return el("li", {},
    el("span", { class: "help-name" }, name), way,
    el("span", { class: "help-more" },
      hours && el("span", {}, hours), site,
      checked && el("span", {}, words.checked(checked))));
}

/** Return a link that dials or writes, or null for contacts that are instructions. */
export function contactHref(contact) {
  if (/^\+?[\d\s().-]{2,24}$/.test(contact)) return `tel:${contact.replace(/[^\d+]/g, "")}`;
  return /^[^\s@]+@[^\s@]+$/.test(contact) ? `mailto:${contact}` : null;
}
