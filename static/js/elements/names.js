// <name-list src data-label data-found>: completes names after an @ in the text field inside it. Whom it offers is asked
// from `src`. Arrows choose, Enter or Tab takes, Escape closes; who types the whole name by hand gets the same.

const WAIT = 150; // milliseconds after the last key
const BEGINNING = /(^|[\s(])@([^@\n]{1,40})$/u;
let count = 0;

class NameList extends HTMLElement {
  #list = null;
  #said = null;
  #active = 0;
  #timer = 0;
  #asked = "";
  #left = ""; // closed by Escape: nothing more is offered for this beginning

  connectedCallback() {
    const field = this.field;
    if (!field || this.#list) return;
    this.#list = document.createElement("ul");
    this.#list.className = "names";
    this.#list.id = `names-${++count}`;
    this.#list.hidden = true;
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", this.dataset.label);
    this.#said = document.createElement("p");
    this.#said.className = "only-sr";
    this.#said.setAttribute("role", "status");
    this.append(this.#list, this.#said);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.#list.id);
    field.setAttribute("autocomplete", "off");
    for (const kind of ["input", "keydown", "blur"]) field.addEventListener(kind, this);
    this.#list.addEventListener("pointerdown", this);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  get field() {
    return this.querySelector("textarea");
  }

  handleEvent(event) {
    if (event.type === "input") this.#later();
    else if (event.type === "keydown") this.#key(event);
    else if (event.type === "blur") this.#close();
    else if (event.type === "pointerdown") {
      event.preventDefault(); // the field keeps the focus
      const item = event.target.closest("[role=option]");
      if (item) this.#take(item);
    }
  }

  get #beginning() {
    const { value, selectionStart, selectionEnd } = this.field;
    return selectionStart === selectionEnd ? (BEGINNING.exec(value.slice(0, selectionStart))?.[2] ?? "") : "";
  }

  #later() {
    clearTimeout(this.#timer);
    const beginning = this.#beginning;
    if (!beginning || (this.#left && beginning.startsWith(this.#left))) return this.#close();
    this.#left = "";
    this.#timer = setTimeout(() => this.#ask(beginning), WAIT);
  }

  async #ask(beginning) {
    this.#asked = beginning;
    let people = [];
    try {
      const answer = await fetch(`${this.getAttribute("src")}?begins=${encodeURIComponent(beginning)}`);
      if (answer.ok) people = await answer.json();
    } catch {
      // without a line names are typed by hand
    }
    if (beginning !== this.#asked || beginning !== this.#beginning) return;
    const whole = people.length === 1 && people[0].name.toLowerCase() === beginning.toLowerCase();
    if (people.length && !whole) this.#show(people);
    else this.#close();
  }

  #show(people) {
    this.#list.replaceChildren(...people.map((person, n) => option(person, `${this.#list.id}-${n}`)));
    this.#list.hidden = false;
    this.#said.textContent = this.dataset.found.replace("{count}", people.length);
    this.#choose(0);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#asked = "";
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#said.textContent = "";
    this.field.removeAttribute("aria-activedescendant");
  }

  #choose(n) {
    const items = [...this.#list.children];
    this.#active = (n + items.length) % items.length;
    items.forEach((item, m) => item.setAttribute("aria-selected", m === this.#active ? "true" : "false"));
    this.field.setAttribute("aria-activedescendant", items[this.#active].id);
    items[this.#active].scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    if (this.#list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown") this.#choose(this.#active + 1);
    else if (event.key === "ArrowUp") this.#choose(this.#active - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) this.#take(this.#list.children[this.#active]);
    else if (event.key === "Escape") {
      this.#left = this.#beginning;
      this.#close();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #take(item) {
    const { field } = this;
    const end = field.selectionStart;
    const start = end - this.#beginning.length;
    field.setRangeText(`${item.dataset.name} `, start, end, "end");
    this.#close();
    field.dispatchEvent(new Event("input", { bubbles: true })); // the draft hears of it
    this.#left = item.dataset.name;
  }
}

function option({ name, where }, id) {
  const item = document.createElement("li");
  item.id = id;
  item.dataset.name = name;
  item.setAttribute("role", "option");
  const who = document.createElement("bdi");
  who.textContent = name;
  item.append(who);
  if (where) {
    const place = document.createElement("span");
    place.className = "quiet small";
    place.textContent = where;
    item.append(" ", place);
  }
  return item;
}

customElements.define("name-list", NameList);
