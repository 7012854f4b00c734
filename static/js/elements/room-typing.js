// <room-typing topic>: real-time text (EN 301 549, 6.2). Whoever has the floor and has switched it on is read along
// while they type: a row per person, below the lines. It is silent for screen readers; the finished line is announced.
// What travels is the tail that changed: {at, tail} keeps `at` characters and puts `tail` after them. Nothing is kept.
import { person as me } from "../app.js";
import { isOpen, line, whisper } from "../live.js";

const EVERY = 400; // from a key to the line in milliseconds: 500 are allowed
const POSTED = 250; // the same without a socket, where the way takes longer
const WHOLE = 20; // now and then the whole line travels, so that who missed a word is right again
const STILL = 20000; // whoever thinks for long says again what stands there
const FADE = 45000; // what nobody says again is no longer being typed

class RoomTyping extends HTMLElement {
  #rows = new Map(); // person → {item, text, timer}
  #sent = "";
  #count = 0;
  #last = -Infinity;
  #timer = 0;
  #there = new Set();

  connectedCallback() {
    for (const kind of ["input", "reset", "fragment", "room-whisper", "room-present"]) document.addEventListener(kind, this);
    line.addEventListener("up", this);
  }

  disconnectedCallback() {
    for (const kind of ["input", "reset", "fragment", "room-whisper", "room-present"]) document.removeEventListener(kind, this);
    line.removeEventListener("up", this);
    clearTimeout(this.#timer);
  }

  get topic() {
    return this.getAttribute("topic");
  }

  handleEvent({ type, target, detail }) {
    if (type === "room-whisper" && detail.topic === this.topic) this.#heard(detail);
    else if (type === "room-present" && detail.topic === this.topic) this.#present(new Set(detail.people));
    else if (type === "input" && target.id === "say") this.#soon();
    else if (type === "reset" && target.querySelector("#say")) setTimeout(() => this.#send());
    else if (type === "fragment") this.#soon();
    else if (type === "up") this.#again();
  }

  // --- what I type ---------------------------------------------------------------------------------------------------

  /** What I let others see: nothing without the floor, and nothing before I have switched it on. */
  get #typed() {
    const field = document.getElementById("say");
    return field?.hasAttribute("data-typing") ? field.value : "";
  }

  #soon() {
    if (this.#typed !== this.#sent) this.#at(this.#last + (isOpen() ? EVERY : POSTED) - performance.now());
  }

  // Somebody came, or the line was away: nobody knows what they know of my line.
  #again() {
    this.#count = -1;
    if (this.#typed) this.#at(this.#last + (isOpen() ? EVERY : POSTED) - performance.now());
  }

  #at(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), Math.max(0, wait));
  }

  #send() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const text = this.#typed;
    const still = performance.now() - this.#last >= STILL;
    this.#count += 1;
    const whole = this.#count % WHOLE === 0 || still;
    if (text !== this.#sent || (whole && text)) {
      const at = whole ? 0 : same(this.#sent, text);
      if (!whisper(this.topic, "typing", { at, tail: text.slice(at) })) return; // #again when the line is back
      this.#sent = text;
      this.#last = performance.now();
    }
    if (text) this.#at(STILL);
  }

  // --- what others type ----------------------------------------------------------------------------------------------

  #heard({ kind, by, body }) {
    if (kind !== "typing" || (String(by) === me && this.#typed)) return; // another way round to where it came from
    const row = this.#rows.get(by) || { item: null, text: "", timer: 0 };
    row.text = row.text.padEnd(body.at ?? 0, "\0").slice(0, body.at ?? 0) + body.tail;
    clearTimeout(row.timer);
    if (!row.text) return this.#end(by);
    row.item ||= this.querySelector("ol").appendChild(shape(by));
    row.timer = setTimeout(() => this.#end(by), FADE);
    row.item.lastElementChild.textContent = row.text.replace(/\0+/g, "…");
    this.scrollTop = this.scrollHeight;
    this.#rows.set(by, row);
  }

  #end(person) {
    this.#rows.get(person)?.item?.remove();
    this.#rows.delete(person);
  }

  #present(people) {
    for (const person of [...this.#rows.keys()]) if (!people.has(person)) this.#end(person);
    if ([...people].some((person) => !this.#there.has(person))) this.#again();
    this.#there = people;
  }
}

/** How many characters at the start are the same; never half a character. */
function same(old, text) {
  let at = 0;
  while (at < old.length && at < text.length && old[at] === text[at]) at += 1;
  return at && /[\ud800-\udbff]/.test(text[at - 1]) ? at - 1 : at;
}

function shape(person) {
  const item = document.createElement("li");
  item.className = "line";
  item.dataset.state = "typing";
  item.dataset.by = person;
  const name = document.createElement("bdi");
  name.className = "line-who";
  name.textContent = document.querySelector(`#room-order [data-person="${person}"] bdi`)?.textContent ?? "";
  const text = document.createElement("span");
  text.className = "line-text";
  text.dir = "auto";
  item.append(name, text);
  return item;
}

customElements.define("room-typing", RoomTyping);
