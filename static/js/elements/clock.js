// <local-time>: an instant in the reader's zone, with the zone in words. <count-down>: what is left, by the server's clock.

import { say } from "../app.js";
import { line, serverNow } from "../live.js";

const root = document.documentElement;
const lang = root.lang || "en";
const zone = root.dataset.zone || "UTC";
const shapes = new Map();

function parts(date, shape, words = lang) {
  const key = words + JSON.stringify(shape);
  if (!shapes.has(key)) {
    shapes.set(key, new Intl.DateTimeFormat(`${words}-u-nu-latn`, { timeZone: zone, hourCycle: "h23", ...shape }));
  }
  return Object.fromEntries(shapes.get(key).formatToParts(date).map(({ type, value }) => [type, value]));
}

const hourOf = (date) => {
  const { hour, minute } = parts(date, { hour: "2-digit", minute: "2-digit" });
  return `${hour.padStart(2, "0")}:${minute}`;
};

function dayOf(date) {
  const { weekday } = parts(date, { weekday: "short" });
  const { day, month } = parts(date, { day: "numeric", month: "long" });
  const dot = lang === "de" ? "." : "";
  return `${weekday}${dot} ${day}${dot} ${month}${lang === "ar" ? "،" : ","}`;
}

function placeOf(date) {
  if (zone === "UTC") return "UTC";
  const { timeZoneName } = parts(date, { timeZoneName: "shortOffset", hour: "numeric" }, "en");
  const offset = timeZoneName.replace("GMT", "UTC").replace("-", "−").replace(/\+0$/, "");
  return `${root.dataset.city || zone.split("/").pop().replaceAll("_", " ")} (${offset})`;
}

class LocalTime extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time");
    const date = new Date(time?.dateTime ?? "");
    if (Number.isNaN(date.getTime())) return;
    const full = `${dayOf(date)} ${hourOf(date)} ${placeOf(date)}`;
    const show = this.dataset.show || "full";
    const text = show === "hour" ? hourOf(date) : show === "short" ? `${dayOf(date)} ${hourOf(date)}` : full;
    if (time.textContent !== text) time.textContent = text;
    if (show !== "full") time.title = full;
  }
}

// data-ends is the instant, data-left the seconds when the server wrote the page, data-total the whole time box.
// Without data-ends the clock stands still.
class CountDown extends HTMLElement {
  #timer = 0;
  #start = performance.now();
  #warned = null;

  connectedCallback() {
    this.#start = performance.now();
    this.#warned = this.left();
    line.addEventListener("up", this);
    this.#tick();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    line.removeEventListener("up", this);
  }

  handleEvent() {
    this.#draw(this.left());
  }

  /** Seconds left; below 0 when it is over. */
  left() {
    const { ends, left } = this.dataset;
    if (!ends) return Number(left);
    const now = serverNow();
    if (now !== null) return (Date.parse(ends) - now) / 1000;
    return Number(left) - (performance.now() - this.#start) / 1000;
  }

  #tick = () => {
    const left = this.left();
    this.#draw(left);
    this.#speak(left);
    if (this.dataset.ends && left > -5) this.#timer = setTimeout(this.#tick, 1000 * (((left % 1) + 1) % 1 || 1) + 20);
  };

  #draw(left) {
    const seconds = Math.max(0, Math.ceil(left));
    const text = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
    const output = this.querySelector("output");
    if (output && output.textContent !== text) output.textContent = text;
    const bar = this.querySelector("progress");
    if (bar) bar.value = Math.min(bar.max, bar.max - left);
    if (seconds <= 60) this.dataset.state = "last";
    else delete this.dataset.state;
  }

  // Once at 60 seconds, once at the end, and only when the reader was here while it happened.
  #speak(left) {
    const before = this.#warned;
    this.#warned = left;
    const signal = before > 60 && left <= 60 && left > 0 ? "minute" : before > 0 && left <= 0 ? "over" : "";
    if (!signal) return;
    const status = this.querySelector("[role=status]");
    if (status) status.textContent = say(signal);
    this.dispatchEvent(new CustomEvent("time-signal", { bubbles: true, detail: signal }));
  }
}

customElements.define("local-time", LocalTime);
customElements.define("count-down", CountDown);
