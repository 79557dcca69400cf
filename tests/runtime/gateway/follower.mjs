// Follows one channel with groundplan-live.js and tells what it is called with, one JSON line each.
// node follower.mjs SOCKET STATE CHANNEL LOAD_MILLISECONDS [EVENTS]      SOCKET: "" for none

import { GroundplanLive } from "../../../src/groundplan_runtime/client/groundplan-live.js";

const [socket, state, channel, loadMilliseconds, events] = process.argv.slice(2);
const say = (told) => console.log(JSON.stringify(told));
const pause = () => new Promise((done) => setTimeout(done, Number(loadMilliseconds)));
let failures = 1;

const live = new GroundplanLive(socket || null, {
  events,
  random: () => 0.05,
  onStatus: (status) => say({ status }),
  onError: (problem) => say({ error: problem.code ?? problem.message }),
});

live.follow(channel, {
  async load(reason) {
    say({ load: reason });
    if (state.startsWith("fails") && failures-- > 0) throw new Error("no state today");
    await pause();
    const { position, items } = await (await fetch(state.replace("fails:", ""))).json();
    await pause();
    say({ loaded: items.map((item) => item.number) });
    return position;
  },
  apply: (event) => say({ seq: event.seq, number: event.data.number, type: event.type }),
});

process.stdin.on("data", () => {
  live.unfollow(channel);
  live.close();
  process.exit(0);
});
