// What of a release's JSON may be shown (helm pkg/release/v1, pkg/chart/v2). A field that no table names makes the release
// unreadable: it is then hidden whole, like any value.
import {
  asIs,
  entries,
  fields,
  inTurn,
  isObject,
  masked,
  orNull,
  type Show,
  text,
  unreadable,
} from '../shape.ts';
import { bytesOf } from './codec.ts';
import { hiddenIn } from './hidden-in.ts';
import { type Finds, type Hides, showTexts } from './leaves.ts';
import { showManifest } from './manifest.ts';
import type { Path } from './secret-leaves.ts';

export interface Hiding {
  /** The sentence for what stands at a path in the payload. */
  readonly sentence: (path: Path) => string;
  /** Whether a pattern of the policy finds something in a text. */
  readonly finds: Finds;
}

/** The JSON of a release; what equals or holds a value of one of its own Secrets is hidden wherever it stands. */
export function showPayload(payload: unknown, { sentence, finds }: Hiding): ReturnType<Show> {
  if (!isObject(payload)) return unreadable('is not an object');
  return releaseShape({ sentence, finds, ...hiddenIn(payload, finds) })(payload);
}

type Hidden = Hiding & ReturnType<typeof hiddenIn>;

function releaseShape(how: Hidden): Show {
  return fields({
    name: asIs,
    info: infoShape(how),
    chart: orNull(chartShape(how)),
    config: orNull(showTexts(how.given, how.sentence, ['config'])),
    manifest: manifestShape(how, ['manifest']),
    hooks: orNull(eachAt((index) => hookShape(how, ['hooks', index]))),
    version: asIs,
    namespace: asIs,
    apply_method: asIs,
  });
}

function infoShape({ sentence, hides, finds }: Hidden): Show {
  return fields({
    first_deployed: asIs,
    last_deployed: asIs,
    deleted: asIs,
    status: asIs,
    rollback_revision: asIs,
    description: (value) =>
      isNote(value) && !finds(value) ? asIs(value) : masked(sentence(['info', 'description']), 1),
    notes: hiddenText(hides, () => sentence(['info', 'notes'])),
  });
}

/**
 * Helm's own sentences are shorter; what an API server said of a write that failed may be longer, and may quote it. It is never
 * compared with a value: an agent can write it.
 */
const MAX_NOTE = 256;
const isNote = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_NOTE;

function chartShape({ sentence, hides, given, made }: Hidden): Show {
  const files = (field: string): Show =>
    orNull(
      eachAt((index) =>
        fields({
          name: asIs,
          modtime: asIs,
          data: fileData(made, () => sentence(['chart', field, index])),
        }),
      ),
    );
  return fields({
    metadata: orNull(
      entries((key) => (OF_CHART.has(key) ? asIs : showTexts(hides, sentence, ['chart', 'metadata', key]))),
    ),
    lock: showTexts(hides, sentence, ['chart', 'lock']),
    modtime: asIs,
    schemamodtime: asIs,
    templates: files('templates'),
    files: files('files'),
    values: orNull(showTexts(given, sentence, ['chart', 'values'])),
    schema: fileData(hides, () => sentence(['chart', 'schema'])),
  });
}

/** By which Helm lists a chart. */
const OF_CHART: ReadonlySet<string> = new Set(['apiVersion', 'name', 'version', 'appVersion', 'type']);

function hookShape(how: Hidden, path: Path): Show {
  const shown = { manifest: manifestShape(how, [...path, 'manifest']) };
  const names = [
    'name',
    'kind',
    'path',
    'events',
    'last_run',
    'weight',
    'delete_policies',
    'output_log_policies',
  ];
  return fields({ ...Object.fromEntries(names.map((it) => [it, asIs])), ...shown });
}

function manifestShape({ sentence, hides, read }: Hidden, path: Path): Show {
  return (value) => {
    if (typeof value !== 'string') return text(value);
    const shown = showManifest(read(value), hides, (inner) => sentence([...path, ...inner]));
    return masked(shown.text, shown.count);
  };
}

const hiddenText =
  (hides: Hides, sentence: () => string): Show =>
  (value) =>
    typeof value === 'string' && hides.text(value) ? masked(sentence(), 1) : text(value);

/** Bytes in base64; a file that is no text is looked through for what is text in it. */
function fileData(hides: Hides, sentence: () => string): Show {
  return (value) => {
    if (value === null) return asIs(value);
    const bytes = typeof value === 'string' ? bytesOf(value) : undefined;
    if (bytes === undefined) return unreadable('is not base64');
    return hides.text(new TextDecoder().decode(bytes)) ? masked(btoa(sentence()), 1) : asIs(value);
  };
}

function eachAt(show: (index: number) => Show): Show {
  return (value) => (Array.isArray(value) ? inTurn(value, show) : unreadable('is not a list'));
}
