// <live-list topic version src> shows items that came later; <live-region topic version src> is swapped as a whole.
// One rule: brings the message HTML and `after` is not beyond my version, show it; if it does not fit, fetch.
// With `fetches` always fetch: what the message brings is drawn for another page.

import { say } from "../app.js";
import { follow } from "../live.js";
import { isTyping, merge, morph, parse } from "../morph.js";

class Follower extends HTMLElement {
  #leave = null;
  #fetching = false;
  #wanted = 0;

  connectedCallback() {
    if (this.#leave || !this.topic) return;
    this.#leave = follow(this.topic, this);
  }

  disconnectedCallback() {
    this.#leave?.();
    this.#leave = null;
  }

  get topic() {
    return this.getAttribute("topic");
  }

  version() {
    return Number(this.getAttribute("version")) || 0;
  }

  changed({ after, version, html }) {
    if (version <= this.version()) return;
    const fits = html !== undefined && after <= this.version() && !this.hasAttribute("fetches");
    if (fits) this.#take(html, version);
    else this.#fetch(version);
  }

  /** Show HTML that is known to be complete up to `version`. */
  #take(html, version) {
    if (version <= this.version()) return;
    this.show(parse(html));
    this.setAttribute("version", version);
    this.dispatchEvent(new CustomEvent("shown", { bubbles: true, detail: { version } }));
  }

  async #fetch(version) {
    this.#wanted = Math.max(this.#wanted, version);
    if (this.#fetching) return;
    this.#fetching = true;
    for (let failures = 0; this.isConnected && this.#wanted > this.version(); ) {
      const wanted = this.#wanted;
      const address = new URL(this.getAttribute("src") || location.href, location.href);
      address.searchParams.set("after", this.version());
      const answer = await fetch(address, { headers: { "x-fragment": "1" } }).catch(() => null);
      if (answer?.ok) this.#take(await answer.text(), wanted);
      else if (answer && answer.status < 500) return this.#gone();
      else await new Promise((go) => setTimeout(go, 1000 * 2 ** Math.min(failures++, 5) * (0.5 + Math.random())));
    }
    this.#fetching = false;
  }

  // The way is closed to us (signed out, moved, no longer a member): the page itself can say why.
  #gone() {
    this.#fetching = false;
    this.dispatchEvent(new CustomEvent("refused", { bubbles: true }));
  }

  announce(sentence) {
    let status = this.querySelector(":scope > .only-sr[role=status]");
    if (!status) {
      status = document.createElement("p");
      status.className = "only-sr";
      status.setAttribute("role", "status");
      this.append(status);
    }
    status.textContent = sentence;
  }
}

// Items carry ids; a newer version of an item (data-version) replaces it where it stands, a new one is added at its
// place (data-seq) or at the end. With `hold` new items wait behind one line, so that nothing moves under the reader.
class LiveList extends Follower {
  #held = [];

  /** Takes a fragment of items, or a whole page in which this list is found again. */
  show(fresh) {
    const twin = fresh.querySelector(`live-list[topic="${this.topic}"]`);
    const items = twin ? home(twin) : fresh;
    this.#keepToPage(items);
    const mine = [...items.children].filter((item) => item.hasAttribute("data-mine")).map((item) => item.id);
    const added = merge(home(this), items);
    if (this.hasAttribute("hold")) this.#hold(added, mine);
    else if (added.length) this.announce(say("fresh", { count: added.length }).split(".")[0]);
  }

  // One page of a long list: items before data-first and after data-last stand on other pages; with data-to only answers to it.
  #keepToPage(items) {
    const [first, last] = [Number(this.dataset.first || 0), Number(this.dataset.last || Infinity)];
    for (const item of [...items.children]) {
      const seq = Number(item.dataset.seq || first);
      if (seq < first || seq > last || (this.dataset.to && item.dataset.to !== this.dataset.to)) item.remove();
    }
  }

  // What I wrote is never held, whichever way it came first: by the line to everybody or as the answer to my form.
  #hold(added, mine) {
    this.#held = [...this.#held, ...added].filter((item) => item.isConnected && !mine.includes(item.id));
    for (const id of mine) document.getElementById(id)?.removeAttribute("hidden");
    for (const item of this.#held) item.hidden = true;
    if (!this.#held.length && !this.querySelector(":scope > .fresh")) return;
    const button = this.#button();
    button.textContent = say("fresh", { count: this.#held.length });
    button.hidden = !this.#held.length;
  }

  #button() {
    let button = this.querySelector(":scope > .fresh");
    if (!button) {
      button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-small fresh";
      button.setAttribute("aria-live", "polite");
      button.addEventListener("click", () => this.reveal());
      this.append(button);
    }
    return button;
  }

  reveal() {
    const [first] = this.#held;
    for (const item of this.#held) item.hidden = false;
    this.#held = [];
    this.#button().hidden = true;
    if (!first) return;
    first.tabIndex = -1; // the reader asked for it: the focus goes there
    first.focus();
  }
}

const home = (list) => list.querySelector(":scope > [data-items], :scope > ul, :scope > ol") || list;

// A region never contains a field somebody may be typing in; what must survive a swap is marked data-keep.
class LiveRegion extends Follower {
  show(fresh) {
    if ([...this.querySelectorAll("input, textarea, select")].some(isTyping)) {
      this.addEventListener("focusout", () => setTimeout(() => this.show(fresh)), { once: true });
      return;
    }
    const inner = this.id ? fresh.getElementById(this.id) : fresh.querySelector(`live-region[topic="${this.topic}"]`);
    const writing = document.activeElement?.matches("input, textarea, select");
    if ((inner || fresh).querySelector("[data-reload]") && !writing) return location.reload(); // the page waited for this
    morph(this, inner || fresh);
    this.dispatchEvent(new CustomEvent("fragment", { bubbles: true }));
  }
}

// <read-mark action list position>: tells the server how far somebody has read while posts come in: when the page is
// looked at, at most every 30 seconds, and when it is left. Opening a page is a mark by itself, without scripts.

const EVERY = 30000;

class ReadMark extends HTMLElement {
  #sent = 0;
  #seen = 0;
  #at = Date.now();
  #timer = 0;

  connectedCallback() {
    this.#sent = this.#seen = Number(this.getAttribute("position")) || 0;
    document.addEventListener("shown", this.#later);
    document.addEventListener("visibilitychange", this.#later);
    addEventListener("pagehide", this.#send);
  }

  disconnectedCallback() {
    document.removeEventListener("shown", this.#later);
    document.removeEventListener("visibilitychange", this.#later);
    removeEventListener("pagehide", this.#send);
    clearTimeout(this.#timer);
  }

  /** What has come in while somebody looks at the page has been seen. */
  #look() {
    // Where the newest comes first, places count downwards: -1, -2.
    if (document.hidden) return;
    const items = document.getElementById(this.getAttribute("list"))?.querySelectorAll("[data-seq]:not([hidden])") || [];
    this.#seen = Math.max(this.#seen, ...[...items].map((item) => Math.abs(item.dataset.seq)));
  }

  #later = () => {
    this.#look();
    if (this.#timer || this.#seen <= this.#sent) return;
    this.#timer = setTimeout(this.#send, Math.max(0, this.#at + EVERY - Date.now()));
  };

  #send = () => {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const token = document.querySelector("input[name=csrf]")?.value;
    if (this.#seen <= this.#sent || !token) return;
    this.#sent = this.#seen;
    this.#at = Date.now();
    const headers = { accept: "application/json" };
    const body = new URLSearchParams({ csrf: token, position: this.#seen });
    fetch(this.getAttribute("action"), { method: "POST", body, headers, keepalive: true }).catch(() => {});
  };
}

customElements.define("live-list", LiveList);
customElements.define("live-region", LiveRegion);
customElements.define("read-mark", ReadMark);
