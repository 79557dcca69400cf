// The live page: loads the newest rows once, then changes the table event by event. Loads them again only when told to.

import { GroundplanLive } from "../groundplan/groundplan-live.js";

const MOST_ROWS = 200;
const WORDS = {
  connecting: "Connecting",
  live: "Connected",
  "signed-out": "Signed out",
  refused: "Not allowed",
  closed: "Closed",
};

const table = document.getElementById("live");
const body = table.tBodies[0];
const empty = document.getElementById("empty");
const status = document.getElementById("status");
const columns = [...table.tHead.rows[0].cells].map((cell) => ({
  name: cell.dataset.column,
  title: cell.textContent,
  type: cell.dataset.type,
  look: cell.className,
  options: new Map(Object.entries(cell.dataset).filter(([key]) => key.startsWith("option")).map(([, text]) => text.split("="))),
}));

const written = {
  boolean: (value) => (value ? "Yes" : "No"),
  datetime: (value) => value.slice(0, 16).replace("T", " "),
  ref: (value) => `#${value}`,
};

function cell(column, row) {
  const made = document.createElement("td");
  const value = row[column.name];
  made.dataset.label = column.title;
  made.className = column.look;
  // textContent: what people wrote is shown, never run.
  made.textContent = value === null || value === "" ? "–" : (column.options.get(value) ?? written[column.type]?.(value) ?? value);
  return made;
}

function line(row, fresh) {
  const made = document.createElement("tr");
  made.dataset.id = row.id;
  made.classList.toggle("fresh", fresh);
  made.append(...columns.map((column) => cell(column, row)));
  return made;
}

function shown(id) {
  return body.querySelector(`tr[data-id="${Number(id)}"]`);
}

function tidy() {
  while (body.rows.length > MOST_ROWS) body.lastElementChild.remove();
  empty.hidden = body.rows.length > 0;
  table.hidden = body.rows.length === 0;
}

async function load() {
  const answer = await fetch(table.dataset.state, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The rows could not be loaded (${answer.status}).`);
  const state = await answer.json();
  body.replaceChildren(...state.items.map((row) => line(row, false)));
  tidy();
  return state.position;
}

function apply(event) {
  const old = shown(event.data.id);
  if (event.type.endsWith(".deleted")) old?.remove();
  else if (old) old.replaceWith(line(event.data, true));
  else body.prepend(line(event.data, true));
  tidy();
}

function tell(state) {
  status.dataset.state = state;
  status.lastElementChild.textContent = WORDS[state];
  if (state !== "signed-out") return;
  const link = document.createElement("a");
  link.href = table.dataset.signIn;
  link.textContent = "Sign in";
  status.append(link);
}

const live = new GroundplanLive(table.dataset.socket, { events: table.dataset.events, onStatus: tell });
live.follow(table.dataset.channel, { load, apply });
