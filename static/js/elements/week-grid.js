// <week-grid>: paints hours with finger, mouse or keys. The boxes of the form stay what is sent; a cell only sets them.

const REST = 300; // milliseconds a finger rests before it draws
const KINDS = ["possible", "if_need_be", "impossible"];

class WeekGrid extends HTMLElement {
  #drawing = "";
  #drew = false;
  #resting = 0;

  connectedCallback() {
    if ("ready" in this.dataset) return;
    this.words = { possible: this.dataset.possible, if_need_be: this.dataset.maybe, impossible: this.dataset.impossible };
    for (const cell of this.querySelectorAll("td")) this.#dress(cell);
    for (const table of this.querySelectorAll("table")) table.querySelector(".hour-cell").tabIndex = 0;
    this.querySelector(".brushes").hidden = false;
    this.dataset.ready = "";
    this.addEventListener("pointerdown", (event) => this.#begin(event));
    this.addEventListener("pointermove", (event) => this.#go_on(event));
    this.addEventListener("touchmove", (event) => this.#drawing && event.preventDefault(), { passive: false });
    this.addEventListener("contextmenu", (event) => this.#drew && event.preventDefault());
    for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => this.#end());
    this.addEventListener("click", (event) => this.#press(event));
    this.addEventListener("keydown", (event) => this.#walk(event));
  }

  get brush() {
    return this.querySelector("[name=brush]:checked").value;
  }

  #dress(cell) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "hour-cell";
    button.tabIndex = -1;
    button.dataset.when = cell.querySelector(".only-sr").textContent.trim();
    button.append(document.createElement("span"));
    cell.append(button);
    this.#show(cell);
  }

  #state(cell) {
    return KINDS.findLast((kind) => cell.querySelector(`[name=${kind}]`)?.checked) || "possible";
  }

  #set(cell, kind) {
    for (const name of ["if_need_be", "impossible"]) cell.querySelector(`[name=${name}]`).checked = name === kind;
    this.#show(cell);
    cell.querySelector("input").dispatchEvent(new Event("change", { bubbles: true }));
  }

  // The word stands in the cell as well: colour alone says nothing.
  #show(cell) {
    const kind = this.#state(cell);
    const button = cell.querySelector("button");
    button.firstChild.textContent = kind === "possible" ? "" : this.words[kind];
    button.setAttribute("aria-label", `${button.dataset.when}: ${this.words[kind]}`);
  }

  // A mouse draws at once. A finger scrolls, unless it rests for a moment first; a tap is a press.
  #begin(event) {
    const cell = event.target.closest("td");
    if (!cell || event.button) return;
    this.#drew = false;
    const start = () => {
      this.#drew = true;
      this.#drawing = this.#turned(cell);
      this.#set(cell, this.#drawing);
    };
    if (event.pointerType !== "mouse") this.#resting = setTimeout(start, REST);
    else {
      event.preventDefault();
      cell.querySelector("button").focus();
      start();
    }
  }

  #go_on(event) {
    if (!this.#drawing) return;
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest("week-grid td");
    if (cell && this.#state(cell) !== this.#drawing) this.#set(cell, this.#drawing);
  }

  #end() {
    clearTimeout(this.#resting);
    this.#drawing = "";
  }

  #press(event) {
    const cell = event.target.closest("td");
    if (!cell || !event.target.closest("button")) return;
    if (!this.#drew) this.#set(cell, this.#turned(cell));
    this.#drew = false;
  }

  /** What the brush makes of this cell: the same again takes it back. */
  #turned(cell) {
    return this.#state(cell) === this.brush ? "possible" : this.brush;
  }

  #walk(event) {
    const cell = event.target.closest("td");
    if (!cell) return;
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const upwards = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!sideways && !upwards) return;
    event.preventDefault();
    const step = sideways * (getComputedStyle(this).direction === "rtl" ? -1 : 1);
    const row = upwards ? cell.parentElement.parentElement.rows[cell.parentElement.sectionRowIndex + upwards] : cell.parentElement;
    const next = row?.cells[cell.cellIndex + (upwards ? 0 : step)]?.querySelector("button");
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    if (event.shiftKey) this.#set(next.closest("td"), this.brush);
  }
}

customElements.define("week-grid", WeekGrid);
