// <quiet-form>: sends its form without leaving the page; what cannot leave waits in the outbox (attribute `queue`).

import { hour, person, say, tell } from "../app.js";
import { line } from "../live.js";
import { merge, morph, parse } from "../morph.js";
import { discard, keep, post, sendAll, waiting } from "../outbox.js";

const newKey = () =>
  crypto.randomUUID?.() ??
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// target: the id of the live-list or live-region that shows what comes back. stay: nothing is to be shown.
// clear: the fields are emptied once it has been sent. queue: what cannot leave now waits and leaves later.
// On a slow line people write on before the answer is there: what was typed meanwhile is neither emptied nor forgotten.
class QuietForm extends HTMLElement {
  #busy = false;
  #sent = "";
  #asked = "";
  #next = null;

  connectedCallback() {
    this.addEventListener("submit", this);
    document.addEventListener("outbox", this);
    document.addEventListener("sent-later", this);
    if (this.hasAttribute("queue")) this.#showWaiting();
  }

  disconnectedCallback() {
    document.removeEventListener("outbox", this);
    document.removeEventListener("sent-later", this);
  }

  handleEvent(event) {
    if (event.type === "outbox") this.#showWaiting();
    else if (event.type === "sent-later") this.#arrived(event.detail);
    else if (!event.defaultPrevented) this.#submit(event);
  }

  get form() {
    return this.querySelector("form");
  }

  async #submit(event) {
    const form = event.target;
    const button = event.submitter;
    if (button?.hasAttribute("data-whole")) return; // a button whose answer is a page
    event.preventDefault();
    const fields = [...new FormData(form, button || undefined)];
    const action = new URL(button?.hasAttribute("formaction") ? button.formAction : form.getAttribute("action") || "", location.href).href;
    const asked = action + told(fields);
    if (this.#busy) {
      if (asked !== this.#asked) this.#next = { form, button }; // a double click is one wish, something else is another
      return;
    }
    this.#busy = true;
    this.#asked = asked;
    this.#sent = typed(form);
    if (!fields.some(([name]) => name === "key")) fields.push(["key", newKey()]);
    button?.setAttribute("aria-busy", "true");
    this.#state("waiting", say("sending"));
    try {
      await this.#answered(form, action, fields, await post(action, fields));
    } finally {
      this.#busy = false;
      button?.removeAttribute("aria-busy");
      const next = this.#next;
      this.#next = null;
      if (next?.form.isConnected) next.form.requestSubmit(next.button?.isConnected ? next.button : null);
    }
  }

  async #answered(form, action, fields, answer) {
    if (answer.sent) return this.#done(form, answer);
    if (answer.refused) return this.#refused(form, answer);
    const kept = this.hasAttribute("queue") && (await this.#keep(form, action, fields));
    if (kept) this.#fresh(form);
    this.#state("offline", answer.signedOut ? say("session") : kept ? say("waiting") : say("failed"));
    if (answer.signedOut) this.#offerSignIn();
    else if (kept) setTimeout(sendAll, 5000);
  }

  async #keep(form, action, fields) {
    const key = fields.find(([name]) => name === "key")[1];
    const written = new Set([...form.querySelectorAll("textarea, input[type=text]")].map(({ name }) => name));
    const text = fields.filter(([name]) => written.has(name)).map(([, value]) => value);
    try {
      await keep({ key, action, fields, text: text.filter((value) => typeof value === "string").join("\n") });
      return true;
    } catch {
      return false; // no room on this device: the text stays in the field
    }
  }

  #done(form, answer) {
    this.#mend(form, {});
    document.querySelector("[data-refused]")?.remove();
    const time = hour(answer.at ? new Date(answer.at) : new Date());
    this.#state("saved", answer.said || say("saved", { time }));
    tell("saved", answer.said || say("saved", { time })); // the form itself may be gone with the next look
    this.#fresh(form);
    this.#show(answer);
  }

  // The next thing written here is another row, and what was a draft is one no more.
  #fresh(form) {
    const more = typed(form) !== this.#sent;
    form.dispatchEvent(new CustomEvent("sent", { bubbles: true, detail: { more } }));
    if (this.hasAttribute("clear") && !more) form.reset();
    for (const gone of form.querySelectorAll("[data-once]")) gone.remove(); // files that have left with it
    const key = form.querySelector("input[name=key]");
    if (key) key.value = newKey();
  }

  #show({ html, go, said }) {
    const target = document.getElementById(this.getAttribute("target") || "");
    if (html && target) {
      if (target.localName === "live-list") showOwn(target, html);
      else morph(target, parse(html));
      target.dispatchEvent(new CustomEvent("fragment", { bubbles: true }));
    } else if (go && !target && !this.hasAttribute("stay")) {
      if (said) sessionStorage.setItem("said", said); // shown by the page we go to
      const there = new URL(go, location.href);
      if (there.href === location.href) location.reload();
      else if (there.pathname + there.search === location.pathname + location.search && there.hash) {
        location.hash = there.hash;
        location.reload();
      } else location.assign(there);
    }
  }

  // A button without fields has no place of its own for a sentence: it stands above the page, where it is seen.
  #refused(form, { refused, fields }) {
    this.#mend(form, fields);
    if (form.matches(".act")) return this.#above(refused);
    this.#state("offline", refused, "alert");
    const first = Object.keys(fields).map((name) => form.elements[name]).find(Boolean);
    (first?.focus ? first : first?.[0])?.focus();
  }

  #above(sentence) {
    this.querySelector(".state[data-quiet]")?.remove();
    document.querySelector("[data-refused]")?.remove();
    const main = document.getElementById("main");
    if (!sentence || !main) return;
    const banner = document.createElement("p");
    banner.className = "banner banner-now room-banner";
    banner.dataset.refused = "";
    banner.setAttribute("role", "alert");
    banner.textContent = sentence;
    if (main.matches(".room")) main.before(banner);
    else main.prepend(banner);
  }

  // The sentence stands at its field, as if the server had written the page anew.
  #mend(form, sentences) {
    for (const old of form.querySelectorAll(".error[data-quiet]")) old.remove();
    for (const field of form.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      const described = (field.getAttribute("aria-describedby") || "").split(" ").filter((id) => !id.endsWith("-error"));
      if (described.join("")) field.setAttribute("aria-describedby", described.join(" "));
      else field.removeAttribute("aria-describedby");
    }
    for (const [name, sentence] of Object.entries(sentences)) {
      const field = form.elements[name]?.length && !form.elements[name].options ? form.elements[name][0] : form.elements[name];
      if (!field) continue;
      const error = document.createElement("p");
      error.className = "error";
      error.dataset.quiet = "";
      error.id = `${field.id || name}-error`;
      error.textContent = sentence;
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), error.id].filter(Boolean).join(" "));
      (field.closest("label.choice") || field).before(error);
    }
  }

  #state(state, sentence, role = "status") {
    let line = this.querySelector(".state[data-quiet]");
    if (!line) {
      line = document.createElement("p");
      line.className = "state";
      line.dataset.quiet = "";
      (this.querySelector("[data-state-here]") || this.form || this).append(line);
    }
    line.setAttribute("role", role);
    line.dataset.state = state;
    line.textContent = sentence;
  }

  #offerSignIn() {
    const line = this.querySelector(".state[data-quiet]");
    const way = document.createElement("a");
    way.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
    way.textContent = say("sign_in");
    line?.append(" ", way);
  }

  // What waits stands at its form, with the two things one can do about it.
  async #showWaiting() {
    if (!this.hasAttribute("queue") || !this.form) return;
    const here = new URL(this.form.getAttribute("action") || location.href, location.href).href;
    const letters = (await waiting().catch(() => [])).filter((letter) => letter.action === here);
    let box = this.querySelector(":scope > .outbox");
    if (!box && letters.length) {
      box = document.createElement("div");
      box.className = "outbox";
      this.prepend(box);
    }
    box?.replaceChildren(...letters.map(shape));
  }

  #arrived({ letter, answer }) {
    if (!this.form || letter.action !== new URL(this.form.getAttribute("action") || location.href, location.href).href) return;
    const time = hour(answer.at ? new Date(answer.at) : new Date());
    this.#state("saved", answer.said || say("saved", { time }));
    if (answer.html) this.#show(answer);
  }
}

/** What a person put into the form, to see whether it changed while the answer was on its way; a field that was closed
    meanwhile counts as before. */
const typed = (form) =>
  JSON.stringify([...form.elements].filter(isFilledIn).map((field) => [field.name, field.matches("[type=checkbox], [type=radio]") ? field.checked : field.value]));

const isFilledIn = (field) => field.name && field.localName !== "button" && !["csrf", "key"].includes(field.name);

const told = (fields) =>
  JSON.stringify(fields.filter(([name]) => name !== "csrf" && name !== "key").map(([name, value]) => [name, value.name ?? value]));

function showOwn(list, html) {
  const fresh = parse(html);
  for (const item of fresh.children) item.setAttribute("data-mine", "");
  if (list.show) list.show(fresh);
  else merge(list.querySelector(":scope > [data-items], :scope > ul, :scope > ol") || list, fresh);
}

function shape(letter) {
  const item = document.createElement("div");
  item.className = "outbox-item";
  const text = document.createElement("p");
  text.dir = "auto";
  text.textContent = letter.text;
  const state = document.createElement("span");
  state.className = "state";
  state.dataset.state = letter.refused ? "offline" : "waiting";
  state.textContent = letter.refused || say("waiting");
  item.append(text, state);
  if (!letter.refused) item.append(small(say("send_now"), sendAll));
  item.append(small(say("discard"), () => discard(letter.key)));
  return item;
}

function small(text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-small btn-plain";
  button.textContent = text;
  button.addEventListener("click", act);
  return button;
}

customElements.define("quiet-form", QuietForm);

if (person) sendAll();
line.addEventListener("up", () => sendAll());
