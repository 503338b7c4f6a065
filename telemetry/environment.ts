// The only reader of OTEL_*: where spans go and what the process calls itself. Everything is checked here; a bad
// value is one sentence that names the variable and never repeats what it holds. Names and forms: OpenTelemetry's
// "OTLP exporter configuration" and "General SDK configuration".

export interface TelemetryEnvironment {
  /** Where spans are posted, as OTLP in JSON over HTTP; undefined: nowhere. */
  readonly tracesUrl: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string | undefined;
  readonly resourceAttributes: Readonly<Record<string, string>>;
}

export type ReadTelemetry =
  | { readonly kind: 'valid'; readonly telemetry: TelemetryEnvironment }
  | { readonly kind: 'invalid'; readonly variable: string; readonly message: string };

/** What one variable says, or what is wrong with it. */
type Reading<T> = { readonly value: T } | { readonly why: string };

// Far beyond any collector's needs; a value this long is a mistake.
const MAX_VALUE_CHARACTERS = 8192;

/** Reads the OTEL_* variables of `environment`; an empty one counts as unset, as OpenTelemetry says. */
export function readTelemetryEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): ReadTelemetry {
  let invalid: Extract<ReadTelemetry, { kind: 'invalid' }> | undefined;
  function read<T>(variable: string, reader: (text: string) => Reading<T>): T | undefined {
    const text = environment[variable]?.trim();
    if (text === undefined || text === '') return undefined;
    const reading = text.length > MAX_VALUE_CHARACTERS ? { why: 'is too long' } : reader(text);
    if ('value' in reading) return reading.value;
    invalid ??= { kind: 'invalid', variable, message: `${variable} ${reading.why}` };
    return undefined;
  }

  const everything = read('OTEL_EXPORTER_OTLP_ENDPOINT', url);
  const traces = read('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', url);
  read('OTEL_EXPORTER_OTLP_PROTOCOL', httpJson);
  read('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', httpJson);
  const headers = {
    ...read('OTEL_EXPORTER_OTLP_HEADERS', headerPairs),
    ...read('OTEL_EXPORTER_OTLP_TRACES_HEADERS', headerPairs),
  };
  const resourceAttributes = read('OTEL_RESOURCE_ATTRIBUTES', pairs) ?? {};
  const serviceName =
    read('OTEL_SERVICE_NAME', (text) => ({ value: text })) ?? resourceAttributes['service.name'];
  const tracesUrl = traces?.href ?? (everything && signalUrl(everything));
  return invalid ?? { kind: 'valid', telemetry: { tracesUrl, headers, serviceName, resourceAttributes } };
}

function url(text: string): Reading<URL> {
  const value = URL.parse(text);
  if (value === null || !/^https?:$/.test(value.protocol)) return { why: 'is not an http or https URL' };
  if (value.username !== '' || value.password !== '')
    return { why: 'holds a credential; use the _HEADERS variable' };
  return { value };
}

// The general endpoint is a base to which each signal adds its path; the one for traces is used as it is.
function signalUrl(base: URL): string {
  const signal = new URL(base);
  signal.pathname = `${base.pathname.replace(/\/$/, '')}/v1/traces`;
  return signal.href;
}

function httpJson(text: string): Reading<string> {
  return text === 'http/json' ? { value: text } : { why: 'must be http/json, the one protocol we speak' };
}

/** W3C Baggage form: `key=value,key=value`, values percent-encoded. */
function pairs(text: string): Reading<Record<string, string>> {
  const value: [string, string][] = [];
  for (const pair of text.split(',').filter((it) => it.trim() !== '')) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, Math.max(at, 0)).trim();
    if (key === '') return { why: 'is not a list of key=value' };
    try {
      value.push([key, decodeURIComponent(pair.slice(at + 1).trim())]);
    } catch {
      return { why: 'has a value with a broken % escape' };
    }
  }
  return { value: Object.fromEntries(value) };
}

function headerPairs(text: string): Reading<Record<string, string>> {
  const reading = pairs(text);
  if ('why' in reading) return reading;
  const legal = Object.entries(reading.value).every(
    ([name, value]) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(value),
  );
  return legal ? reading : { why: 'has a header that HTTP does not allow' };
}
