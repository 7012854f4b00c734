// <room-follow topic version src>: keeps a live room true. What comes are pieces with ids; each is brought up to date
// wherever it stands on the page, a new one is put into the list named by data-home. After an own act (`sent`) what is
// mine (`eager`) is looked at, at once; what everybody sees comes by the line, and is asked for where it does not. When the room opens, goes on in writing or closes (#room-status), the page is another one: reload.
import { follow, isOpen, line } from "../live.js";
import { merge, morph, parse, place } from "../morph.js";

const PATIENCE = 1500; // milliseconds in which the line must have told what I did

class RoomFollow extends HTMLElement {
  #leave = null;
  #busy = false;
  #again = false;
  #wanted = 0; // the newest version that the line has told of
  #told = -Infinity; // when something last came by the line
  #has = ""; // stamps of the pieces as they came last: only what has changed since comes again

  connectedCallback() {
    this.#leave = follow(this.topic, this);
    document.addEventListener("sent", this);
    if (this.hasAttribute("eager")) document.addEventListener("picked", this);
    line.addEventListener("up", this);
    this.#keepButtons();
  }

  disconnectedCallback() {
    this.#leave?.();
    document.removeEventListener("sent", this);
    document.removeEventListener("picked", this);
    line.removeEventListener("up", this);
  }

  get topic() {
    return this.getAttribute("topic");
  }

  version() {
    return Number(this.getAttribute("version")) || 0;
  }

  handleEvent({ type, target }) {
    if (type !== "sent" || !isOpen()) this.#fetch();
    else if (!this.hasAttribute("eager")) this.#fetchUnlessTold();
    else if (!target.action?.endsWith("/lines")) this.#fetch(); // saying something changes no desk
  }

  // The line may have told it before the answer was here, or tells it in a moment.
  #fetchUnlessTold() {
    const sent = performance.now();
    setTimeout(() => {
      if (this.isConnected && this.#told < sent - PATIENCE) this.#fetch();
    }, PATIENCE);
  }

  changed({ after, version, html }) {
    this.#told = performance.now();
    if (version <= this.version()) return;
    this.#wanted = Math.max(this.#wanted, version);
    if (html !== undefined && after <= this.version()) this.#take(html, version);
    else if (!this.#busy) this.#fetch(); // a look under way sees it, or looks again
  }

  /** Fleeting things are for other elements of the page. */
  whisper(said) {
    this.#pass("whisper", said);
  }

  present(said) {
    this.#pass("present", said);
  }

  #pass(kind, { topic, ...detail }) {
    document.dispatchEvent(new CustomEvent(`room-${kind}`, { detail: { topic, ...detail } }));
  }

  #take(html, version, has = "") {
    if (version < this.version()) return;
    this.#has = has ?? "";
    const fresh = parse(html);
    const status = fresh.getElementById("room-status");
    const shown = document.getElementById("room-status");
    if (status && shown && status.dataset.status !== shown.dataset.status) return location.reload();
    // who is still to choose or to write, and the cards one chooses among, stand on a part that nobody announces for everybody
    const waits = document.querySelector("#desk-missing, #desk-pick [data-grows]");
    if (waits && fresh.querySelector("#room-picks, .idea")) document.dispatchEvent(new Event("picked"));
    this.#show(fresh);
    this.setAttribute("version", version);
  }

  #show(fresh) {
    for (const piece of [...fresh.children]) {
      const list = piece.dataset.home && document.getElementById(piece.dataset.home);
      if (list) show(list, piece);
      else if (!piece.dataset.home) replace(piece);
    }
    const down = document.getElementById("room-down");
    down?.parentElement?.append(down); // the cards that lie face down stay at the end
    this.#keepButtons();
    document.dispatchEvent(new CustomEvent("fragment", { bubbles: true }));
  }

  // One look at a time; what is asked for meanwhile is looked at afterwards.
  async #fetch() {
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    let before, asked;
    do {
      this.#again = false;
      before = this.version();
      asked = this.#wanted;
      const address = new URL(this.getAttribute("src"), location.href);
      address.searchParams.set("after", this.version());
      if (this.#has) address.searchParams.set("has", this.#has);
      const answer = await fetch(address, { headers: { "x-fragment": "1" } }).catch(() => null);
      if (answer?.ok && !answer.redirected) this.#take(await answer.text(), Number(answer.headers.get("x-version")), answer.headers.get("x-has"));
      else if (answer && answer.status < 500) location.reload(); // no longer ours: the page itself can say why
    } while (this.#again || (this.#wanted > this.version() && (this.#wanted > asked || this.version() > before)));
    this.#busy = false;
  }

  // Whoever groups the cards finds a box on each; the room's style shows it while they are at it.
  #chooseBoxes() {
    const box = document.getElementById("choose-box");
    for (const place of document.querySelectorAll("#room-cards .keep")) {
      const mine = place.querySelector("[data-choose]");
      if (!box) mine?.remove();
      if (!box || mine) continue;
      place.append(box.content.cloneNode(true));
      place.querySelector("[data-choose] input").value = place.dataset.card;
    }
  }

  // While there is a vote everybody finds a button for their dot on each card of the deck, and afterwards none.
  #dotButtons() {
    const desk = document.getElementById("desk-kept");
    const form = document.getElementById("dot-form");
    const given = new Set((desk?.dataset.given || "").split(" "));
    for (const place of document.querySelectorAll("#room-cards .keep")) {
      let mine = place.querySelector("[data-dot]");
      if (!form || place.dataset.deck !== desk.dataset.ballot) {
        mine?.remove();
        continue;
      }
      if (!mine) place.append(form.content.cloneNode(true));
      mine = place.querySelector("[data-dot]");
      mine.querySelector("form").action = form.content.querySelector("form").getAttribute("action").replace("/0/", `/${place.dataset.card}/`);
      mine.querySelector("[name=on]").value = given.has(place.dataset.card) ? "no" : "yes";
      mine.querySelector("button").setAttribute("aria-pressed", given.has(place.dataset.card));
    }
  }

  // A practice on a card is a link for everybody; what it is called my desk knows, if I may read it.
  #practices() {
    for (const named of document.querySelectorAll("#desk-links > [data-practice]")) {
      for (const link of document.querySelectorAll(`#room-cards a[data-practice="${named.dataset.practice}"] bdi`)) {
        link.textContent = named.textContent;
        link.lang = named.lang;
      }
    }
  }

  // Whoever listens reacts with signs: for whom the buttons show, and which are pressed, the desk knows.
  #signButtons() {
    const box = document.getElementById("sign-desk");
    const given = document.getElementById("desk-part")?.dataset.signs;
    if (!box) return;
    box.hidden = given === undefined;
    for (const button of box.querySelectorAll("[data-sign]")) {
      const on = (given || "").split(" ").includes(button.dataset.sign);
      button.value = `${button.dataset.sign}-${on ? "off" : "on"}`;
      button.setAttribute("aria-pressed", on);
    }
  }

  // Whoever brought the case finds a button on each card; the form comes once, the marks with the desk.
  #keepButtons() {
    this.#dotButtons();
    this.#chooseBoxes();
    this.#practices();
    this.#signButtons();
    const form = document.getElementById("keep-form");
    if (!form) return;
    const kept = new Set((document.getElementById("desk-kept")?.dataset.kept || "").split(" "));
    for (const place of document.querySelectorAll("#room-cards .keep[data-keepable]")) {
      if (!place.querySelector("[name=keeps]")) place.prepend(form.content.cloneNode(true));
      const isKept = kept.has(place.dataset.card);
      const button = place.querySelector("button");
      place.querySelector("form").action = form.content.querySelector("form").getAttribute("action").replace("/0/", `/${place.dataset.card}/`);
      place.querySelector("[name=keeps]").value = isKept ? "no" : "yes";
      button.setAttribute("aria-pressed", isKept);
      button.querySelector("span").textContent = isKept ? button.dataset.keptWords : button.dataset.keepWords;
    }
  }
}

// In the list where it belongs: a card that was put under a heading, or taken out of it, moves there.
function show(list, piece) {
  const { id } = piece;
  const version = piece.dataset.version;
  const these = document.createDocumentFragment();
  these.append(piece);
  merge(list, these);
  const shown = document.getElementById(id);
  if (shown && shown.parentElement !== list && shown.dataset.version === version) place(list, shown);
}

function replace(piece) {
  const shown = document.getElementById(piece.id);
  if (!shown) return;
  if (piece.localName !== shown.localName) shown.replaceWith(piece);
  else morph(shown, piece);
}

customElements.define("room-follow", RoomFollow);
