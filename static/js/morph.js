// Putting fresh HTML into a page that somebody is using: what is the same stays, with its focus, scroll and open menus.

/** The HTML as a fragment that belongs to no page yet. A list item needs no list around it. */
export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/** Is somebody writing or choosing in this field right now? */
export function isTyping(field) {
  return field === document.activeElement && !field.matches("[type=hidden], [type=submit], [type=button], [readonly]");
}

// What somebody has ticked, chosen or typed and not sent yet is theirs: no fresh page takes it away.
const touched = new WeakSet();
document.addEventListener("input", ({ target }) => touched.add(target), true);
document.addEventListener("change", ({ target }) => touched.add(target), true);
document.addEventListener("reset", ({ target }) => forget(target), true);
document.addEventListener("sent", ({ target, detail }) => detail?.more || forget(target), true);

function forget(form) {
  for (const field of form.elements ?? []) touched.delete(field);
}

// A box is the same box only while it stands for the same thing.
function isTheirs(field, fresh) {
  return touched.has(field) && (!field.matches("[type=checkbox], [type=radio]") || field.value === (fresh.getAttribute("value") ?? "on"));
}

/**
 * Puts items with ids into a list: known ones are brought up to date where they stand, unknown ones are added at
 * their place. An item that is older than what is shown (data-version) changes nothing; data-gone takes it away.
 * Returns the added items.
 */
export function merge(list, fresh) {
  const added = [];
  for (const item of [...fresh.children].filter((child) => child.id)) {
    const shown = document.getElementById(item.id);
    if (shown && shown !== item) update(shown, item);
    else if (!item.hasAttribute("data-gone")) added.push(place(list, item));
  }
  list.dispatchEvent(new CustomEvent("fragment", { bubbles: true }));
  return added;
}

function update(shown, item) {
  if (Number(item.dataset.version || 0) < Number(shown.dataset.version || 0)) return;
  if (item.hasAttribute("data-gone")) shown.remove();
  else morph(shown, item);
}

/** Into the list, before the first item with a higher data-seq. */
export function place(list, item) {
  const seq = Number(item.dataset.seq);
  const next = item.dataset.seq && [...list.children].find((other) => Number(other.dataset.seq) > seq);
  const own = list.querySelector(":scope > .fresh, :scope > .only-sr[role=status]");
  list.insertBefore(item, next || own);
  return item;
}

/**
 * Makes `old` look like `fresh` (an element or a fragment: then only its children) by touching as little as possible.
 * What is only named in `fresh` (data-same) is on the page already, as it is to be.
 */
export function morph(old, fresh) {
  if (fresh.nodeType === Node.ELEMENT_NODE) {
    if (old.isEqualNode(fresh) || old.hasAttribute("data-keep") || fresh.hasAttribute("data-same")) return;
    if (drawsItself(old) && source(old) === source(fresh)) return;
    if (drawsItself(old) || old.localName !== fresh.localName) return old.replaceWith(fresh);
    attributes(old, fresh);
  }
  const chosen = old.localName === "select" && touched.has(old) ? old.value : null;
  children(old, fresh);
  if (chosen !== null && [...old.options].some((option) => option.value === chosen)) old.value = chosen;
}

// These fill themselves in: the server's text inside says nothing about what they show now.
function drawsItself(element) {
  return element.matches("local-time, count-down");
}

const source = (element) =>
  [element.dataset.ends || element.dataset.left, element.querySelector("time")?.dateTime, element.dataset.show].join();

function attributes(old, fresh) {
  const kept = isTyping(old) || isTheirs(old, fresh);
  const own = new Set(["open", "version"].filter((name) => name === "open" || old.localName.startsWith("live-")));
  for (const { name, value } of [...fresh.attributes]) {
    if (!own.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !own.has(name)) old.removeAttribute(name);
  if (old.localName === "input" && !kept) {
    touched.delete(old);
    old.checked = fresh.hasAttribute("checked");
    old.value = fresh.getAttribute("value") ?? "";
  }
}

function children(old, fresh) {
  const twins = pairs([...old.children], [...fresh.children]);
  const stays = new Set(twins.values());
  let here = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    while (here && nameOf(here) && !stays.has(here)) here = drop(here);
    const twin = twins.get(wanted);
    while (twin && here && here !== twin && here.nodeType === Node.TEXT_NODE) here = drop(here); // rather than move what has focus
    if (twin && twin !== here) old.insertBefore(twin, here); // the moved one is in front; `here` waits for its turn
    const match = twin || (here && alike(here, wanted) ? here : null);
    if (!match) {
      old.insertBefore(wanted, here);
      continue;
    }
    const next = match === here ? here.nextSibling : here;
    if (match.nodeType === Node.ELEMENT_NODE) morph(match, wanted);
    else if (match.nodeValue !== wanted.nodeValue) match.nodeValue = wanted.nodeValue;
    here = next;
  }
  while (here) here = drop(here);
}

// Who in the fresh page is who in the old one: by name and what is sent along, then by name in their order.
function pairs(old, fresh) {
  const found = new Map();
  const free = new Set(old.filter(nameOf));
  for (const same of [(a, b) => nameOf(a) === nameOf(b) && sentBy(a) === sentBy(b), (a, b) => nameOf(a) === nameOf(b)]) {
    for (const wanted of fresh.filter((each) => nameOf(each) && !found.has(each))) {
      const twin = [...free].find((each) => same(each, wanted));
      if (twin) found.set(wanted, twin);
      free.delete(twin);
    }
  }
  return found;
}

// An id; without one a form is known by where it goes, a field by its name.
function nameOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  if (node.id) return `#${node.id}`;
  const form = formOf(node);
  if (form) return `${node.localName} ${form.getAttribute("action")}`;
  return node.matches("input, select, textarea") && node.name ? `${node.localName} ${node.name}` : "";
}

const formOf = (element) =>
  element.localName === "form" ? element : element.localName === "quiet-form" ? element.querySelector(":scope > form") : null;

function sentBy(element) {
  if (element.matches("[type=checkbox], [type=radio]")) return element.value;
  const sent = formOf(element)?.querySelectorAll("input[type=hidden]:not([name=csrf], [name=key])") ?? [];
  return [...sent].map((field) => `${field.name}=${field.value}`).join("&");
}

function drop(node) {
  const next = node.nextSibling;
  if (node.nodeType !== Node.ELEMENT_NODE || !node.hasAttribute("data-keep")) node.remove();
  return next;
}

// Without names the kind decides; an element with a name only meets its twin.
function alike(here, wanted) {
  if (here.nodeType !== wanted.nodeType) return false;
  if (here.nodeType !== Node.ELEMENT_NODE) return true;
  return here.localName === wanted.localName && !nameOf(here) && !nameOf(wanted);
}
