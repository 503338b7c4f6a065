// Between an agent and the API server once both have switched protocols: what came from one side, and what goes to each because
// of it. Everything that goes on is printed from what was read. No sockets, no clocks.

/** Bytes to send now, in order. */
export interface Passed {
  readonly kind: 'passed';
  readonly toAgent: readonly Uint8Array[];
  readonly toServer: readonly Uint8Array[];
  /** Nothing more will come of it: what stands here is sent, and both sides are ended. */
  readonly over: boolean;
}

/** One side said what its protocol does not have: both are broken off. */
export interface Fault {
  readonly kind: 'fault';
  readonly from: Side;
  /** A clause of our own words: `a frame is longer than its bound`. */
  readonly why: string;
}

export type Side = 'agent' | 'server';

export interface Relay {
  /** Bytes as they came, cut anywhere. The chunk is the relay's from here on, which writes over it and may send of it. */
  read(from: Side, chunk: Uint8Array): Passed | Fault;
  /** That side will say no more (the end of its half of the connection). */
  ended(from: Side): Passed;
  /** Ends it from here with a last message for the agent, as its protocol knows one. */
  end(last: Last): Passed;
}

/** What the agent is told when a stream is cut. */
export interface Last {
  /** One line for a person, without a line break. */
  readonly message: string;
  /** The same as a Kubernetes Status, JSON. */
  readonly status: string;
}

/** The channels of exec and attach (k8s.io/apimachinery pkg/util/remotecommand/constants.go). */
export type Channel = 'stdin' | 'stdout' | 'stderr' | 'error' | 'resize';

export interface CommandRelay extends Relay {
  /** What the tap has kept and lets go now. */
  say(channel: 'stdout' | 'stderr', bytes: Uint8Array): Passed;
}

/** Looks at what is said in an exec or attach, and decides what goes on in its place. */
export interface CommandTap {
  /**
   * Bytes of a channel, in order, cut anywhere: good until it returns. What it answers with is the relay's, which writes over it;
   * it may be the same.
   */
  data(channel: Channel, bytes: Uint8Array): readonly Uint8Array[];
  /** No more of the channel comes; what still goes on before its end. */
  closed(channel: Channel): readonly Uint8Array[];
}

/** Looks at the connections of a port-forward. Numbers count from 0 in the order in which connections are opened. */
export interface PortsTap {
  /** Undefined: it may be opened. Otherwise the line that its error stream says. */
  opened(connection: number, port: number): string | undefined;
  passed(connection: number, from: Side, bytes: number): void;
  closed(connection: number): void;
}
