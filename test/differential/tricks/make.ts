// The few ways in which a trick departs from an ordinary request.

export type Pair = readonly [name: string, value: string];

/** `{token}` is the asker's token, `{other}` another account's, `{packed}` that one in base64url. Byte for byte, Latin-1. */
export interface Trick {
  /** By which a run tells that it came up. */
  readonly name: string;
  /** One that knows both is sent in lower case over HTTP/2, any other as it stands. */
  readonly protocols: readonly ('h1' | 'h2')[];
  /** In place of `Authorization: Bearer {token}`. */
  readonly authorization?: readonly Pair[];
  readonly more?: readonly Pair[];
  /** In place of `Host`; over HTTP/2 of `:authority`. */
  readonly host?: readonly Pair[];
  /** In place of our framing; nothing else is sent on its connection. */
  readonly framed?: { readonly headers: readonly Pair[]; readonly body: string };
  /** Nothing else is sent on its connection. */
  readonly alone?: boolean;
  readonly version?: string;
  /** Over HTTP/2, after the pseudo-headers. */
  readonly pseudo?: readonly Pair[];
  /** Over HTTP/2: without this pseudo-header. */
  readonly without?: string;
}

export const headers = (name: string, ...more: readonly Pair[]): Trick => ({
  name,
  protocols: ['h1', 'h2'],
  more,
});
export const bearer = (name: string, ...authorization: readonly Pair[]): Trick => ({
  name,
  protocols: ['h1', 'h2'],
  authorization,
});
export const http1 = (name: string, ...more: readonly Pair[]): Trick => ({ name, protocols: ['h1'], more });
/** Asks to switch protocols: what follows on its connection is not for HTTP. */
export const upgrade = (name: string, ...more: readonly Pair[]): Trick => ({
  ...http1(name, ...more),
  alone: true,
});
export const host = (name: string, ...those: readonly Pair[]): Trick => ({
  name,
  protocols: ['h1'],
  host: those,
});
export const framed = (name: string, body: string, ...those: readonly Pair[]): Trick => ({
  name,
  protocols: ['h1'],
  framed: { headers: those, body },
});
export const version = (text: string): Trick => ({
  name: `the version ${text}`,
  protocols: ['h1'],
  version: text,
  framed: { headers: [], body: '' },
});
export const http2 = (name: string, departure: Omit<Trick, 'name' | 'protocols'>): Trick => ({
  name,
  protocols: ['h2'],
  ...departure,
});
