// What is kept on this device: unsent letters and drafts. One file, because a page that is written on needs both.
// The local outbox: what could not leave waits here, on this device and for this person, and is sent later, once:
// every letter carries the key the form was filled with, so a second arrival is the same row.

import { moment, person, say, tell } from "./app.js";

const RETRY = 30000;
let opening = null;
let retryTimer = 0;

function store(mode) {
  opening ||= new Promise((done, fail) => {
    const request = indexedDB.open("fortnight", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("outbox", { keyPath: "key" });
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  return opening.then((database) => database.transaction("outbox", mode).objectStore("outbox"));
}

const finished = (request) =>
  new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });

/** Everything this person has waiting here, oldest first. */
export async function waiting() {
  const letters = await finished((await store("readonly")).getAll());
  return letters.filter((letter) => letter.person === person).sort((a, b) => a.at - b.at);
}

/** Keeps a form: {key, action, fields: [[name, value]], text}. */
export async function keep(letter) {
  await finished((await store("readwrite")).put({ ...letter, person, at: Date.now() }));
  changed();
}

export async function discard(key) {
  await finished((await store("readwrite")).delete(key));
  changed();
}

/** Whether this person has text here that has not arrived: typed just now, kept as a draft, or waiting for the line. */
export async function unsent(who) {
  for (const box of document.querySelectorAll("draft-box")) box.keep();
  const drafts = Object.keys(localStorage).filter((name) => name.startsWith(`draft:${who}:`));
  const open = drafts.map((name) => JSON.parse(localStorage.getItem(name))).filter((draft) => !draft.left);
  return open.some((draft) => Object.values(draft.values).some((value) => value.trim())) || (await waiting()).length > 0;
}

/** Forgets what a person left on this device: drafts and unsent letters. */
export async function purge(who) {
  for (const name of Object.keys(localStorage)) if (name.startsWith(`draft:${who}:`)) localStorage.removeItem(name);
  for (const letter of await waiting()) await discard(letter.key);
}

function changed() {
  document.dispatchEvent(new Event("outbox"));
}

/**
 * Sends one form as a script does. Returns {sent, said, go, html}, {refused, fields}, {signedOut: true} or {later: true}.
 */
export async function post(action, fields) {
  const body = new FormData();
  const token = document.querySelector("input[name=csrf]")?.value;
  for (const [name, value] of fields) body.append(name, name === "csrf" && token ? token : value);
  let answer;
  try {
    answer = await fetch(action, { method: "POST", body, headers: { accept: "application/json" } });
  } catch {
    return { later: true };
  }
  dispatchEvent(new Event("reached"));
  if (answer.status === 401) return { signedOut: true };
  if (answer.status >= 500 || answer.status === 429) return { later: true };
  const said = await answer.json().catch(() => null);
  if (answer.ok && said) return { sent: true, ...said };
  if (said) return { refused: said.refused || say("failed"), fields: said.fields || {} };
  return answer.ok ? { later: true } : { refused: say("failed"), fields: {} };
}

/** Sends what waits, oldest first, one tab at a time; stops at the first that cannot leave yet. */
export function sendAll() {
  clearTimeout(retryTimer);
  const run = async () => {
    for (const letter of await waiting()) {
      if (letter.refused) continue;
      const answer = await post(letter.action, letter.fields);
      if (answer.signedOut) return tell("offline", say("session"));
      if (answer.later) {
        retryTimer = setTimeout(sendAll, RETRY * (0.5 + Math.random()));
        return;
      }
      if (answer.sent) {
        await discard(letter.key);
        document.dispatchEvent(new CustomEvent("sent-later", { detail: { letter, answer } }));
      } else await keep({ ...letter, refused: answer.refused, at: letter.at });
    }
  };
  return navigator.locks ? navigator.locks.request("fortnight-outbox", run) : run();
}

addEventListener("online", sendAll);

// <draft-box name>: keeps what is typed on this device until it has been sent.
const OLD = 30 * 24 * 3600 * 1000;

class DraftBox extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    this.addEventListener("input", this.#later);
    this.addEventListener("sent", this.#forget);
    this.closest("form")?.addEventListener("sent", this.#forget);
    this.closest("form")?.addEventListener("submit", this.#leaving);
    addEventListener("pagehide", this.#save);
    this.#restore();
  }

  disconnectedCallback() {
    this.#save();
    removeEventListener("pagehide", this.#save);
  }

  /** Keeps now what was typed a moment ago. */
  keep() {
    this.#save();
  }

  get #name() {
    return `draft:${person}:${this.getAttribute("name")}`;
  }

  get #fields() {
    return [...this.querySelectorAll("textarea, input:not([type=hidden], [type=file], [type=password]), select")].filter(
      (field) => field.name,
    );
  }

  #later = () => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#save, 2000);
  };

  #save = () => {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    const values = Object.fromEntries(this.#fields.filter((f) => !f.matches("[type=radio], [type=checkbox]")).map((f) => [f.name, f.value]));
    try {
      if (Object.values(values).some((value) => value.trim())) {
        localStorage.setItem(this.#name, JSON.stringify({ at: Date.now(), values }));
        this.#say(say("draft", { time: moment() }));
      } else localStorage.removeItem(this.#name);
    } catch {
      this.#say("");
    }
  };

  #restore() {
    const draft = JSON.parse(localStorage.getItem(this.#name) || "null");
    if (!draft) return;
    if (Date.now() - draft.at > OLD || (draft.left && arrivedByLink())) return localStorage.removeItem(this.#name);
    let found = false;
    for (const field of this.#fields) {
      const kept = draft.values[field.name];
      if (!kept || field.value !== (field.defaultValue ?? "") || kept === field.value) continue;
      field.value = kept;
      found = true;
    }
    if (found) this.#say(say("restored", { time: moment(new Date(draft.at)) }));
  }

  // A plain form leaves the page: if the next one comes by the server's answer it has arrived, if by "back" it has not.
  #leaving = (event) => {
    this.#save();
    const draft = JSON.parse(localStorage.getItem(this.#name) || "null");
    if (draft && !event.defaultPrevented && !this.closest("quiet-form")) {
      localStorage.setItem(this.#name, JSON.stringify({ ...draft, left: true }));
    }
  };

  #forget = ({ detail }) => {
    if (detail?.more) return this.#later(); // what was typed since is the next draft
    clearTimeout(this.#timer);
    this.#timer = 0;
    localStorage.removeItem(this.#name);
    this.#say("");
  };

  #say(sentence) {
    let state = this.querySelector("[data-draft-state]");
    if (!state) {
      state = document.createElement("p");
      state.className = "state";
      state.dataset.state = "saved";
      state.dataset.draftState = "";
      this.append(state);
    }
    state.hidden = !sentence;
    state.textContent = sentence;
  }
}

const arrivedByLink = () => performance.getEntriesByType("navigation")[0]?.type === "navigate";

customElements.define("draft-box", DraftBox);
