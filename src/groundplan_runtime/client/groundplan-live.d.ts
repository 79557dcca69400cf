/** Where a reader stands on a channel: the last event it has seen. */
export interface Position {
  epoch: string;
  seq: number;
  id: string | null;
}

export interface LiveEvent<Data = unknown> {
  channel: string;
  seq: number;
  id: string;
  /** For example "sale.created". */
  type: string;
  version: number;
  data: Data;
  /** ISO 8601, UTC. */
  at: string;
}

/** live: events arrive. connecting: there is no line, or it was silent for longer than the server said. signed-out, refused, closed: nothing more will happen. */
export type Status = "connecting" | "live" | "signed-out" | "refused" | "closed";

/** new: the first time. epoch, trimmed, too_far: resuming was not possible. parked: one event could not be carried. */
export type Reason = "new" | "epoch" | "trimmed" | "too_far" | "parked";

export interface Follow<Data = unknown> {
  /** Loads and shows the state; gives the position that the state was read at. Events after it are applied next. */
  load(reason: Reason): Promise<Position>;
  /** Changes what is shown. Called in order, once per event. */
  apply(event: LiveEvent<Data>): void;
  /** The position of a state that the page already shows; without it `load` is called first. */
  position?: Position | null;
}

export interface Options {
  onStatus?(status: Status): void;
  /** A refused frame ({type: "error", code, detail, channel}) or whatever `load` and `apply` threw. */
  onError?(problem: unknown): void;
  /** Address of the event stream, for where WebSockets do not get through. */
  events?: string;
  WebSocket?: typeof WebSocket;
  fetch?: typeof fetch;
  random?(): number;
}

export class GroundplanLive {
  /** address: of the socket, relative to the page or absolute; null: only use the event stream. Connects at once. */
  constructor(address: string | null, options?: Options);
  readonly status: Status;
  follow<Data = unknown>(channel: string, follow: Follow<Data>): void;
  unfollow(channel: string): void;
  close(): void;
}

/** Milliseconds to wait before the next attempt. attempt: from 0. drawn: from [0, 1). */
export function fullJitter(attempt: number, drawn: number): number;
