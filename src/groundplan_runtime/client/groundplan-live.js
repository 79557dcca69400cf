// Live events in the browser (protocol: docs/reference/protocol.md). One file, no bundler:
//
//   import { GroundplanLive } from "./groundplan-live.js";
//   const live = new GroundplanLive("/live/ws", { onStatus: (status) => show(status) });
//   live.follow("sale", {
//     load: async () => { const state = await (await fetch("/sales/state")).json(); draw(state.items); return state.position; },
//     apply: (event) => change(event),
//   });
//
// Where WebSockets do not get through, { events: "/live/events" } names the event stream to use instead; without an address of a
// socket (null) it is used from the beginning. The client reconnects by itself and resumes; `load` is called when the state has to be
// loaded afresh, at the beginning too.

const STATUSES = { 400: 4400, 401: 4401, 403: 4403, 405: 4400, 406: 4400 }; // how a stream is refused before it begins
const GONE = 1006;
const TRIES = 2; // connections that end before their first frame, until the other kind is tried
const SILENCE_SECONDS = 15; // how long a line may be silent before its welcome, which tells how long it may be from then on
const STOPPED = { 4400: "refused", 4401: "signed-out", 4403: "refused" };
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15000;
const STEADY_MS = 3000; // a connection that lived this long makes the next wait short again
const MOST_WAITING = 10000; // events kept while the state loads

export class GroundplanLive {
  #address;
  #options;
  #follows = new Map();
  #line = null;
  #streaming;
  #failures = 0;
  #reopening = false;
  #timer = null;
  #steady = null;
  #watching = null;
  #heardAt = 0;
  #attempt = 0;
  #status = "";

  constructor(address, options = {}) {
    this.#address = address;
    const { WebSocket, fetch } = globalThis;
    this.#options = { WebSocket, fetch: fetch?.bind(globalThis), random: Math.random, onStatus() {}, onError: console.error, ...options };
    this.#streaming = !address;
    this.#connect();
  }

  get status() {
    return this.#status;
  }

  follow(channel, { load, apply, position = null }) {
    const follow = { channel, load, apply, position, waiting: null, round: 0 };
    this.#follows.set(channel, follow);
    this.#subscribe(follow);
  }

  unfollow(channel) {
    const follow = this.#follows.get(channel);
    if (!follow) return;
    follow.round += 1;
    this.#follows.delete(channel);
    this.#send({ type: "unsubscribe", channel });
  }

  close() {
    this.#stop("closed");
  }

  #connect() {
    this.#timer = null;
    this.#tell("connecting");
    if (this.#streaming && this.#follows.size === 0) return; // a stream follows what its address says: the first follow opens it
    const open = this.#streaming ? overStream : overSocket;
    const address = new URL(this.#streaming ? this.#options.events : this.#address, globalThis.location?.href);
    const line = open(address, this.#options, [...this.#follows.values()], {
      told: (frame) => { if (line === this.#line) this.#take(frame); },
      lost: (code, again) => { if (line === this.#line) this.#lost(code, again); },
    });
    this.#line = line;
    this.#heardAt = performance.now();
    this.#watch(SILENCE_SECONDS);
  }

  // A network that broke without a word shows in nothing but silence. One timer looks how long ago a frame came.
  #watch(silence, wait = silence) {
    clearTimeout(this.#watching);
    if (!Number.isFinite(silence)) return; // this server does not say that it lives
    this.#watching = setTimeout(() => {
      const left = silence - (performance.now() - this.#heardAt) / 1000;
      if (left > 0) {
        this.#watch(silence, left);
        return;
      }
      this.#leave();
      this.#lost(GONE);
    }, 1000 * wait);
  }

  #reopen() {
    if (this.#reopening) return;
    this.#reopening = true;
    queueMicrotask(() => {
      this.#reopening = false;
      if (this.#timer || Object.values(STOPPED).includes(this.#status) || this.#status === "closed") return;
      this.#leave();
      this.#connect();
    });
  }

  #leave() {
    const line = this.#line;
    this.#line = null;
    this.#rest();
    if (line) line.end();
  }

  #rest() {
    clearTimeout(this.#steady);
    clearTimeout(this.#watching);
  }

  #lost(code, again = 0) {
    this.#line = null;
    this.#rest();
    if (code in STOPPED) {
      this.#stop(STOPPED[code]);
      return;
    }
    if (this.#status !== "live" && ++this.#failures >= TRIES && this.#address && this.#options.events) {
      this.#failures = 0;
      this.#streaming = !this.#streaming;
    }
    this.#tell("connecting");
    const wait = fullJitter(this.#attempt, this.#options.random());
    this.#attempt = Math.min(this.#attempt + 1, 10);
    this.#timer = setTimeout(() => this.#connect(), 1000 * again + wait);
  }

  #stop(status) {
    clearTimeout(this.#timer);
    this.#leave();
    for (const follow of this.#follows.values()) follow.round += 1;
    this.#tell(status);
  }

  #tell(status) {
    if (status === this.#status) return;
    this.#status = status;
    this.#options.onStatus(status);
  }

  #send(frame) {
    if (this.#line && !this.#streaming && this.#status === "live") this.#line.say(frame);
  }

  #subscribe(follow) {
    if (this.#streaming) {
      this.#reopen();
      return;
    }
    const { channel, position } = follow;
    this.#send(position ? { type: "subscribe", channel, position } : { type: "subscribe", channel });
  }

  #take(frame) {
    this.#heardAt = performance.now();
    if (frame.type === "welcome") this.#welcomed(frame.silence ?? Infinity);
    else if (frame.type === "drain") this.#drain(frame.within);
    else if (frame.type === "error") this.#options.onError(frame);
    else if (this.#follows.has(frame.channel)) this.#takeFor(this.#follows.get(frame.channel), frame);
  }

  #welcomed(silence) {
    this.#watch(silence);
    this.#tell("live");
    this.#failures = 0;
    this.#steady = setTimeout(() => { this.#attempt = 0; }, STEADY_MS);
    if (this.#streaming) return; // its address has named everything
    for (const follow of this.#follows.values()) {
      if (follow.waiting) this.#forget(follow); // the socket died while the state was loading: begin that anew
      this.#subscribe(follow);
    }
  }

  #drain(seconds) {
    if (this.#streaming) return; // the server ends it
    const line = this.#line;
    setTimeout(() => {
      if (line !== this.#line) return;
      this.#leave();
      this.#connect();
    }, this.#options.random() * seconds * 1000);
  }

  #takeFor(follow, frame) {
    if (frame.type === "reset") this.#load(follow, frame.reason, frame.position);
    else if (frame.type === "event" && follow.waiting) this.#keep(follow, frame);
    else if (frame.type === "event") this.#event(follow, frame);
  }

  #forget(follow) {
    follow.round += 1;
    follow.waiting = null;
    follow.position = null;
  }

  #keep(follow, frame) {
    follow.waiting.push(frame);
    if (follow.waiting.length <= MOST_WAITING) return;
    this.#forget(follow);
    this.#subscribe(follow);
  }

  async #load(follow, reason, from) {
    const round = ++follow.round;
    follow.position = from;
    follow.waiting = [];
    try {
      const loaded = await follow.load(reason);
      if (round === follow.round) this.#loaded(follow, from, loaded);
    } catch (problem) {
      if (round === follow.round) this.#loadFailed(follow, problem);
    }
  }

  #loaded(follow, from, loaded) {
    const waiting = follow.waiting;
    follow.waiting = null;
    follow.position = { epoch: loaded.epoch, seq: loaded.seq, id: loaded.id };
    if (loaded.epoch !== from.epoch || loaded.seq < from.seq) {
      this.#subscribe(follow); // the state is of another moment than we were told: the server knows what lies between
      return;
    }
    for (const frame of waiting) {
      if (follow.waiting) this.#keep(follow, frame);
      else this.#event(follow, frame);
    }
  }

  #loadFailed(follow, problem) {
    this.#options.onError(problem);
    const round = follow.round;
    setTimeout(() => {
      if (round !== follow.round) return;
      this.#forget(follow);
      this.#subscribe(follow);
    }, FIRST_WAIT_MS + this.#options.random() * LONGEST_WAIT_MS / 3);
  }

  #event(follow, frame) {
    const { position } = follow;
    if (frame.epoch === position.epoch && frame.seq <= position.seq) return; // seen
    if (frame.seq !== position.seq + 1 || (position.epoch && frame.epoch !== position.epoch)) {
      this.#subscribe(follow); // cannot happen on a correct server; if it does, it is repaired and not passed on
      return;
    }
    follow.position = { epoch: frame.epoch, seq: frame.seq, id: frame.id };
    if (frame.event === "tombstone") {
      this.#load(follow, "parked", follow.position);
      return;
    }
    const { channel, seq, id, event: type, version, data, at } = frame;
    try {
      follow.apply({ channel, seq, id, type, version, data, at });
    } catch (problem) {
      this.#options.onError(problem);
    }
  }
}

// Milliseconds to wait before the next attempt; drawn from [0, 1).
export function fullJitter(attempt, drawn) {
  return drawn * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
}

// The two kinds of line. Each calls told(frame), and at last lost(code, seconds to wait at least).

function overSocket(address, options, follows, { told, lost }) {
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new options.WebSocket(address.href);
  socket.onmessage = (message) => told(JSON.parse(message.data));
  socket.onclose = (closing) => lost(closing.code);
  socket.onerror = () => lost(GONE); // not every WebSocket that could not connect is closed as well
  return { say: (frame) => socket.send(JSON.stringify(frame)), end: () => socket.close(1000) };
}

function overStream(address, options, follows, { told, lost }) {
  const stopping = new AbortController();
  for (const { channel } of follows) address.searchParams.append("channel", channel);
  const known = follows.filter((follow) => follow.position).map(({ channel, position }) => markOf(channel, position));
  if (known.length) address.searchParams.set("last_event_id", known.join());
  readStream(address, options, stopping, told).then(({ code, again }) => lost(code, again), () => lost(GONE));
  return { end: () => stopping.abort() };
}

function markOf(channel, { epoch, seq, id }) {
  return [channel, epoch, seq, id ?? ""].map(encodeURIComponent).join(":");
}

async function readStream(address, options, stopping, told) {
  await null; // told and lost are not called before the line is known
  const asked = { headers: { Accept: "text/event-stream" }, cache: "no-store", signal: stopping.signal };
  const answer = await options.fetch(address.href, asked);
  if (!answer.ok) return { code: STATUSES[answer.status] ?? GONE, again: Number(answer.headers.get("retry-after")) || 0 };
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return { code: GONE };
    const blocks = (text + value).split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const data = block.split("\n").find((line) => line.startsWith("data: "));
      const frame = data && JSON.parse(data.slice("data: ".length));
      if (frame?.type === "close") return { code: frame.code };
      if (frame) told(frame);
    }
  }
}
