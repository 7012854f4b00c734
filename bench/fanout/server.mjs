// The same server with node's `ws`, its broadcast written as in the manual of `ws`: one send per client.
import { WebSocketServer } from "ws";

const SIZE = 200;
const rooms = new Map();
const acknowledged = new Map();
let moved = () => {};

function payload(rich) {
  const head = `{"t":${process.hrtime.bigint().toString().padStart(20, "0")},"html":"`;
  const filler = rich ? "Good morning from the city hall, our drainage plan has a new annex: page 14, table 3. " : "x";
  return head + filler.repeat(SIZE).slice(0, SIZE - head.length - 2) + '"}';
}

async function speak({ rounds, burst, rooms: count, window, rate, rich }) {
  const topics = Array.from({ length: count }, (_, at) => `${at + 1}`);
  const started = performance.now();
  for (let round = 0; round < rounds; round++) {
    while (round * burst - Math.min(...topics.map((topic) => acknowledged.get(topic) ?? 0)) >= window) {
      await new Promise((done) => (moved = done));
    }
    if (rate) {
      const wait = started + (round * 1000) / rate - performance.now();
      if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    }
    for (const topic of topics) {
      if (rate) await new Promise((done) => setImmediate(done)); // rooms speak when they like, not all in the same turn
      for (let number = 0; number < burst; number++) {
        const text = payload(rich);
        for (const client of rooms.get(topic) ?? []) if (client.readyState === 1) client.send(text);
      }
    }
    await new Promise((done) => setImmediate(done));
  }
}

const deflate = process.argv.includes("--deflate")
  ? { serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 12, threshold: 160, zlibDeflateOptions: { level: 6, memLevel: 5 } }
  : false;
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]), perMessageDeflate: deflate });
server.on("connection", (socket, request) => {
  const url = new URL(request.url, "http://localhost");
  if (url.pathname === "/drive") {
    socket.on("message", async (said) => {
      acknowledged.clear();
      await speak(JSON.parse(said));
      socket.send("done");
    });
    return;
  }
  const topic = url.searchParams.get("room");
  if (!rooms.has(topic)) rooms.set(topic, new Set());
  rooms.get(topic).add(socket);
  socket.on("message", (said) => {
    acknowledged.set(topic, Number(said));
    moved();
  });
  socket.on("close", () => rooms.get(topic).delete(socket));
});
