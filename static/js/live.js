// One line to the server for the whole page: what changed comes down, follows and whispers go up. See docs/protocol.md.
// follow(topic, {version(), changed(message), following?, refused?, whisper?, present?}) returns a function that leaves.

import { hour, person, say, tell } from "./app.js";

const followers = new Map(); // topic → Set of followers
const WAIT = [250, 1000, 2000, 5000, 10000, 20000]; // milliseconds before the next try, each with jitter
const SILENCE = 60000; // the server's heart beats every 25 s
const PATIENCE = 5000; // only then do we call it offline
const TRUSTED = 120000; // a measure of the server's clock
const MOST = 16; // whispers in one request
const tab = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

let socket = null;
let tries = 0;
let neverOpened = 0;
let polling = false;
let wake = null; // ends the wait before the next poll
let standing = false; // the last poll was answered
const unsaid = []; // whispers that wait for the request under way
let posting = false;
let ended = false;
let offlineTimer = 0;
let retryTimer = 0;
let silenceTimer = 0;
let offlineSince = null;
let clock = null; // server's time minus ours, in milliseconds
let measured = 0;

export const line = new EventTarget(); // "up", "down", "ended"

/** Milliseconds of the server's clock, or null as long as nobody told us. */
export const serverNow = () => (clock === null ? null : Date.now() + clock);

export function follow(topic, follower) {
  if (!person) return () => {}; // strangers read pages; the line is for people who take part
  if (!followers.has(topic)) followers.set(topic, new Set());
  followers.get(topic).add(follower);
  if (isOpen()) ask(topic);
  else start();
  return () => {
    const those = followers.get(topic);
    those?.delete(follower);
    if (those && !those.size) {
      followers.delete(topic);
      send({ type: "leave", topic });
    }
  };
}

/** Something fleeting for the others in the topic; false when the line is down. Without a socket it goes by post. */
export function whisper(topic, kind, body, to) {
  const said = { type: "whisper", topic, kind, body, ...(to && { to }) };
  if (send(said)) return true;
  if (!standing) return false;
  unsaid.push(said);
  post();
  return true;
}

// One request at a time, so that the order stays; what is said meanwhile goes along with the next one.
async function post() {
  if (posting) return;
  posting = true;
  while (unsaid.length && standing) {
    const body = JSON.stringify(unsaid.splice(0, MOST));
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`/live/whispers?tab=${tab}`, { method: "POST", headers, body }).catch(() => null);
    if (answer?.status === 401) end();
    if (!answer?.ok) break;
  }
  unsaid.length = 0;
  posting = false;
}

function start() {
  if (socket || polling || ended || retryTimer) return;
  connect();
}

function connect() {
  retryTimer = 0;
  let opened = false;
  const address = new URL("/live", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const mine = (socket = new WebSocket(address));
  mine.onopen = () => {
    opened = true;
    tries = neverOpened = 0;
    listenFor();
    up();
    for (const topic of followers.keys()) ask(topic);
  };
  mine.onmessage = ({ data }) => {
    listenFor();
    if (typeof data === "string") take(JSON.parse(data));
  };
  mine.onclose = ({ code }) => {
    if (socket !== mine) return;
    socket = null;
    clearTimeout(silenceTimer);
    if (!opened) neverOpened += 1;
    if (code === 4401) return end();
    down();
    if (neverOpened >= 2 && navigator.onLine) return poll();
    const soon = code === 1012 || code === 4409;
    retry(soon ? 0 : Math.min(tries++, WAIT.length - 1));
  };
}

function retry(step) {
  clearTimeout(retryTimer);
  retryTimer = setTimeout(connect, WAIT[step] * (0.5 + Math.random()));
}

/** Does the line stand now? */
export function isOpen() {
  return socket?.readyState === WebSocket.OPEN;
}

function send(message) {
  if (!isOpen()) return false;
  socket.send(JSON.stringify(message));
  return true;
}

function ask(topic) {
  send({ type: "follow", topic, version: known(topic) });
}

const known = (topic) => Math.min(...[...followers.get(topic)].map((follower) => follower.version()));

// A line that says nothing for a minute is dead, whatever the browser believes.
function listenFor() {
  clearTimeout(silenceTimer);
  silenceTimer = setTimeout(() => socket?.close(), SILENCE);
}

// What was long on its way says a time that is past: the latest one is nearest. Whoever sets their clock is right again soon.
function hear(now) {
  const difference = Date.parse(now) - Date.now();
  if (clock !== null && difference < clock && performance.now() - measured < TRUSTED) return;
  clock = difference;
  measured = performance.now();
}

function take(message) {
  if (message.now) hear(message.now);
  for (const follower of [...(followers.get(message.topic) || [])]) follower[message.type]?.(message);
}

function up() {
  clearTimeout(offlineTimer);
  offlineTimer = 0;
  if (offlineSince) tell("saved", say("back"));
  offlineSince = null;
  line.dispatchEvent(new Event("up"));
}

function down() {
  if (offlineTimer || offlineSince) return;
  const since = new Date();
  offlineTimer = setTimeout(() => {
    offlineSince = since;
    offlineTimer = 0;
    tell("offline", say("offline", { time: hour(since) }));
    line.dispatchEvent(new Event("down"));
  }, PATIENCE);
}

function end() {
  ended = true;
  tell("offline", say("session"));
  line.dispatchEvent(new Event("ended"));
}

// Where a proxy kills sockets the same answers come by long polling; now and then we try the socket again.
async function poll() {
  if (polling) return;
  polling = true;
  const until = Date.now() + 60000;
  for (let failures = 0; followers.size && Date.now() < until; ) {
    try {
      const query = [...followers.keys()].map((topic) => `topic=${encodeURIComponent(topic)}&version=${known(topic)}`);
      const held = standing ? "" : "&hold=0"; // whether the line is back is known at once
      const answer = await fetch(`/live/poll?tab=${tab}&${query.join("&")}${held}`, { headers: { accept: "application/json" } });
      if (answer.status === 401) return end();
      if (!answer.ok) throw new Error(answer.status);
      failures = 0;
      if (!standing) up();
      standing = true;
      for (const message of await answer.json()) take(message);
    } catch {
      standing = false;
      down();
      const wait = WAIT[Math.min(failures++, WAIT.length - 1)] * (0.5 + Math.random());
      await new Promise((go) => setTimeout((wake = go), wait));
    }
  }
  polling = standing = false;
  if (followers.size) connect();
}

// A laptop that wakes up, a phone that finds its network again, a form that got through: no reason to wait for the next try.
function hurry() {
  wake?.();
  if (document.hidden || socket || polling || ended || !followers.size) return;
  clearTimeout(retryTimer);
  tries = 0;
  connect();
}
addEventListener("online", hurry);
addEventListener("reached", hurry);
addEventListener("offline", () => {
  if (followers.size) down();
  socket?.close();
});
document.addEventListener("visibilitychange", hurry);
addEventListener("pageshow", hurry);
addEventListener("pagehide", () => socket?.close()); // an open socket would keep the page out of the back cache
