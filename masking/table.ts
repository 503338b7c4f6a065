// Secrets as a Table (meta.k8s.io): the columns the API server prints are known and hold no value; a column, cell or
// object we do not know makes the Table unreadable. Source: printSecret in pkg/printers/internalversion/printers.go.
import { type Masking, partialObjectMetadata, secret } from './secret.ts';
import { asIs, choose, each, exactly, fields, number, orNull, type Show, text, tuple } from './shape.ts';

const column = (name: string): Show => fields({ name: exactly(name) }, asIs);
const columns = tuple(column('Name'), column('Type'), column('Data'), column('Age'));
// Data is how many keys there are.
const cells = tuple(text, text, number, text);

/** A Table of Secrets under any `includeObject` (Object, Metadata, None). */
export function secretTable(how: Masking): Show {
  const object = choose('kind', { Secret: secret(how), PartialObjectMetadata: partialObjectMetadata(how) });
  return fields({
    apiVersion: exactly('meta.k8s.io/v1', 'meta.k8s.io/v1beta1'),
    kind: exactly('Table'),
    metadata: asIs,
    // In a watch only the first Table has headers.
    columnDefinitions: (value) =>
      Array.isArray(value) && value.length === 0 ? asIs(value) : orNull(columns)(value),
    rows: orNull(each(fields({ cells, object: orNull(object) }))),
  });
}
