// <room-turn>: what is left of the turn of whoever has the floor. The order of speaking says at which second of the phase
// the turn is over (data-until), the phase's clock how far the phase is: both stand still together. When the time is up
// whoever speaks and whoever leads read and hear one sentence; nobody is cut off.
import { line } from "../live.js";

class RoomTurn extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    document.addEventListener("fragment", this);
    line.addEventListener("up", this);
    this.handleEvent();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    document.removeEventListener("fragment", this);
    line.removeEventListener("up", this);
  }

  handleEvent() {
    clearTimeout(this.#timer);
    const left = this.#left();
    this.hidden = left === null;
    if (left !== null) this.#draw(left);
    this.#sign(left !== null && left <= 0 ? this.#words : "");
    if (left > 0 && this.#clock.dataset.ends) this.#timer = setTimeout(() => this.handleEvent(), 1000 * (left % 1 || 1) + 20);
  }

  get #clock() {
    return document.querySelector("#room-clock count-down");
  }

  // Seconds; null where nobody has a turn that is measured.
  #left() {
    const until = document.querySelector("#room-order [data-until]")?.dataset.until;
    const clock = this.#clock;
    return until && clock?.left ? Number(until) - (Number(clock.dataset.total) - clock.left()) : null;
  }

  // For whom the end of the turn is something to act upon.
  get #words() {
    if (document.querySelector("#desk-part[data-state=turn]")) return this.dataset.mine;
    return document.querySelector("#desk-lead:not([hidden])") ? this.dataset.theirs : "";
  }

  #draw(left) {
    const seconds = Math.max(0, Math.ceil(left));
    const text = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
    const output = this.querySelector("output");
    if (output.textContent !== text) output.textContent = text;
  }

  #sign(words) {
    if (words) this.dataset.state = "over";
    else delete this.dataset.state;
    const said = this.querySelector("[role=status]");
    if (said.textContent !== words) said.textContent = words;
  }
}

customElements.define("room-turn", RoomTurn);
