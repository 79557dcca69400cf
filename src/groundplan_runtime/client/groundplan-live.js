// Live events in the browser (protocol: docs/reference/protocol.md). One file, no bundler:
//
//   import { GroundplanLive } from "./groundplan-live.js";
//   const live = new GroundplanLive("/live/ws", { onStatus: (status) => show(status) });
//   live.follow("sale", {
//     load: async () => { const state = await (await fetch("/sales/state")).json(); draw(state.items); return state.position; },
//     apply: (event) => change(event),
//   });
//
// It reconnects by itself and resumes; `load` is called when the state has to be loaded afresh, at the beginning too.

const STOPPED = { 4400: "refused", 4401: "signed-out", 4403: "refused" };
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15000;
const STEADY_MS = 3000; // a connection that lived this long makes the next wait short again
const MOST_WAITING = 10000; // events kept while the state loads

export class GroundplanLive {
  #address;
  #options;
  #follows = new Map();
  #socket = null;
  #timer = null;
  #steady = null;
  #attempt = 0;
  #status = "";

  constructor(address, options = {}) {
    this.#address = address;
    this.#options = { WebSocket: globalThis.WebSocket, random: Math.random, onStatus() {}, onError: console.error, ...options };
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
    this.#tell("connecting");
    const address = new URL(this.#address, globalThis.location?.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new this.#options.WebSocket(address.href);
    this.#socket = socket;
    socket.onmessage = (message) => {
      if (socket === this.#socket) this.#take(JSON.parse(message.data));
    };
    socket.onclose = (closing) => {
      if (socket === this.#socket) this.#lost(closing.code);
    };
  }

  #lost(code) {
    this.#socket = null;
    clearTimeout(this.#steady);
    if (code in STOPPED) {
      this.#stop(STOPPED[code]);
      return;
    }
    this.#tell("connecting");
    const wait = this.#options.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#attempt);
    this.#attempt = Math.min(this.#attempt + 1, 10);
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  #stop(status) {
    clearTimeout(this.#timer);
    clearTimeout(this.#steady);
    const socket = this.#socket;
    this.#socket = null;
    if (socket) socket.close(1000);
    for (const follow of this.#follows.values()) follow.round += 1;
    this.#tell(status);
  }

  #tell(status) {
    if (status === this.#status) return;
    this.#status = status;
    this.#options.onStatus(status);
  }

  #send(frame) {
    if (this.#socket && this.#status === "live") this.#socket.send(JSON.stringify(frame));
  }

  #subscribe(follow) {
    const { channel, position } = follow;
    this.#send(position ? { type: "subscribe", channel, position } : { type: "subscribe", channel });
  }

  #take(frame) {
    if (frame.type === "welcome") this.#welcomed();
    else if (frame.type === "drain") this.#drain(frame.within);
    else if (frame.type === "error") this.#options.onError(frame);
    else if (this.#follows.has(frame.channel)) this.#takeFor(this.#follows.get(frame.channel), frame);
  }

  #welcomed() {
    this.#tell("live");
    this.#steady = setTimeout(() => { this.#attempt = 0; }, STEADY_MS);
    for (const follow of this.#follows.values()) {
      if (follow.waiting) this.#forget(follow); // the socket died while the state was loading: begin that anew
      this.#subscribe(follow);
    }
  }

  #drain(seconds) {
    const socket = this.#socket;
    setTimeout(() => {
      if (socket !== this.#socket) return;
      this.#socket = null;
      clearTimeout(this.#steady);
      socket.close(1000);
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
