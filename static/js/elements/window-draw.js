// <window-draw>: draws a window over the hours of one day of the board, with mouse or finger; the dialog's form is what is sent.

const REST = 300; // milliseconds a finger rests before it draws

class WindowDraw extends HTMLElement {
  #first = null;
  #drawn = [];
  #resting = 0;

  connectedCallback() {
    if ("ready" in this.dataset) return;
    this.dataset.ready = "";
    this.dialog = this.querySelector("dialog");
    this.querySelector(":scope > .hint").hidden = false;
    this.dialog.querySelector("[data-close]").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => this.#show([]));
    this.addEventListener("pointerdown", (event) => this.#begin(event));
    this.addEventListener("pointermove", (event) => this.#go_on(event));
    this.addEventListener("touchmove", (event) => this.#first && event.preventDefault(), { passive: false });
    this.addEventListener("contextmenu", (event) => this.#first && event.preventDefault());
    document.addEventListener("pointerup", () => this.#end());
    document.addEventListener("pointercancel", () => this.#drop());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#drop());
  }

  #day(cell) {
    return cell?.closest("table")?.tHead.rows[0].cells[cell.cellIndex]?.dataset.day;
  }

  // A mouse draws from the first move on. A finger scrolls, unless it rests for a moment first.
  #begin(event) {
    const cell = event.target.closest("tbody td");
    if (!this.#day(cell) || event.button || event.target.closest("a")) return;
    const start = () => {
      this.#first = cell;
      this.#show([cell]);
    };
    if (event.pointerType !== "mouse") this.#resting = setTimeout(start, REST);
    else {
      event.preventDefault();
      start();
    }
  }

  #go_on(event) {
    if (!this.#first) return;
    const row = document.elementFromPoint(event.clientX, event.clientY)?.closest("window-draw tbody tr");
    if (!row) return;
    const [from, to] = [this.#first.parentElement.sectionRowIndex, row.sectionRowIndex].sort((a, b) => a - b);
    const rows = [...row.parentElement.rows].slice(from, to + 1);
    this.#show(rows.map((each) => each.cells[this.#first.cellIndex]));
  }

  #show(cells) {
    for (const cell of this.#drawn) cell.classList.remove("drawn");
    for (const cell of cells) cell.classList.add("drawn");
    this.#drawn = cells;
  }

  #drop() {
    clearTimeout(this.#resting);
    this.#first = null;
    if (!this.dialog.open) this.#show([]);
  }

  #end() {
    clearTimeout(this.#resting);
    const cells = this.#drawn;
    const drew = this.#first && cells.length > 1; // one hour is a press, and too short for a session
    this.#first = null;
    if (!drew) return this.dialog.open || this.#show([]);
    const clock = (hour) => `${String(hour % 24).padStart(2, "0")}:00`;
    const hours = cells.map((cell) => Number(cell.parentElement.dataset.hour));
    const field = (name) => this.dialog.querySelector(`[name=${name}]`);
    field("day").value = this.#day(cells[0]);
    field("begins").value = clock(hours[0]);
    field("ends").value = clock(hours.at(-1) + 1);
    this.dialog.showModal();
    this.dialog.querySelector(".btn-main").focus();
  }
}

customElements.define("window-draw", WindowDraw);
