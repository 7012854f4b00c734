// The start of every page: loads what the page needs, closes menus, copies, forgets drafts at sign-out.
// Everything here is an addition: each page works without it.

const parts = {
  "live-list": "./elements/follow.js",
  "live-region": "./elements/follow.js",
  "local-time": "./elements/clock.js",
  "count-down": "./elements/clock.js",
  "quiet-form": "./elements/write.js",
  "draft-box": "./outbox.js",
  "week-grid": "./elements/week-grid.js",
  "window-draw": "./elements/window-draw.js",
  "read-mark": "./elements/follow.js",
};

export const words = JSON.parse(document.body.dataset.words || "{}");
export const person = document.body.dataset.person || "";

/** A sentence of the page's own language with its {fields} filled. */
export function say(name, values = {}) {
  return (words[name] || "").replace(/{(\w+)}/g, (_, key) => values[key] ?? "");
}

/** The hour of an instant in the reader's zone, 24 hours, Latin figures. */
export function hour(date = new Date()) {
  const zone = document.documentElement.dataset.zone || undefined;
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(date);
}

/** The same with its place, and with the day unless it is today. */
export function moment(date = new Date()) {
  const { lang, dataset } = document.documentElement;
  const days = new Intl.DateTimeFormat(`${lang || "en"}-u-nu-latn`, { day: "numeric", month: "long", timeZone: dataset.zone || undefined });
  const before = days.format(date) === days.format(new Date()) ? "" : days.format(date) + (lang === "ar" ? "، " : ", ");
  return `${before}${hour(date)} ${dataset.city || ""}`.trim();
}

/** The one line in the bar that says what became of what you wrote. state: saved | waiting | offline */
export function tell(state, sentence) {
  const line = document.getElementById("line");
  if (!line) return;
  line.hidden = !sentence;
  line.dataset.state = state;
  if (line.textContent !== sentence) line.textContent = sentence;
}

function wake(root = document) {
  const names = Object.keys(parts).filter((name) => root.querySelector(name));
  if (person && document.getElementById("line")) names.push("quiet-form"); // a letter may wait from an earlier page
  for (const file of new Set(names.map((name) => parts[name]))) import(file);
  for (const box of root.querySelectorAll("copy-button")) offerCopy(box);
}

// What few people use is loaded when somebody begins to use it.
document.addEventListener("focusin", ({ target }) => {
  if (target.closest("name-list")) import("./elements/names.js");
});
document.addEventListener("play", playing, true); // it does not bubble
for (const kind of ["keydown", "click"]) document.addEventListener(kind, wakeKeys);

async function playing({ target }) {
  if (target.matches(".recording-sound")) (await import("./elements/captions.js")).showCaptions(target);
}

async function wakeKeys(event) {
  const here = event.type === "click" ? event.target.closest("read-keys") : !event.target.closest("input, textarea, select");
  if (!here || !document.querySelector("read-keys:not(:defined)")) return;
  await import("./elements/keys.js");
  event.target.dispatchEvent(new event.constructor(event.type, event)); // once more, now that somebody listens
}

function offerCopy(box) {
  const button = box.querySelector("button");
  const field = box.querySelector("input, textarea");
  if (!button || !field || !button.hidden) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy");
    }
    const label = button.querySelector("span");
    const before = label.textContent;
    label.textContent = box.dataset.done;
    setTimeout(() => (label.textContent = before), 3000);
  });
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A field that takes so many characters says when it is full; a browser's own limit would cut off what is pasted.
document.addEventListener("input", ({ target }) => {
  const over = [...(target.value ?? "")].length - Number(target.dataset?.limit || Infinity);
  target.setCustomValidity?.(over > 0 ? say("long", { over }) : "");
  if (over > 0) target.reportValidity();
});

// A file that is too big is not sent in vain: it is not chosen, and a sentence at the field says so.
document.addEventListener("change", ({ target }) => {
  if (target.type !== "file") return;
  const megabytes = Number(target.dataset.largest || document.body.dataset.largest);
  target.parentElement.querySelector("[data-big]")?.remove();
  const big = [...target.files].find((file) => file.size > megabytes * 1e6);
  if (!big) return;
  target.value = "";
  const sentence = document.createElement("p");
  Object.assign(sentence, { className: "error", role: "alert", textContent: say("big", { name: big.name, megabytes }) });
  sentence.dataset.big = "";
  target.before(sentence);
});

// What was kept on this device belongs to the person who signs out. The form leaves once it is gone, and it goes only
// after a question when it has not been sent.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-purge]");
  if (!form) return;
  event.preventDefault();
  let stay = false;
  try {
    const { purge, unsent } = await import("./outbox.js");
    stay = (await unsent(person)) && !window.confirm(say("unsent"));
    if (!stay) await purge(person);
  } finally {
    if (!stay) form.submit();
  }
});

// The server shows times in the reader's zone before anybody has signed in, too.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (!person && zone && !document.cookie.includes("zone=")) {
  document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;
}

// A sentence that a form without reload left for the page it led to.
const said = sessionStorage.getItem("said");
if (said) {
  sessionStorage.removeItem("said");
  const banner = document.createElement("p");
  banner.className = "banner";
  banner.setAttribute("role", "status");
  banner.textContent = said;
  document.getElementById("main")?.prepend(banner);
}

document.documentElement.classList.add("js");
document.getElementById("summary")?.focus();
document.addEventListener("fragment", (event) => wake(event.target));
wake();
