// Why a write is refused for the hidden values in it, or over which it would be written. Each names the place in the body, and
// none depends on a hidden value.
import { word } from '../quoting.ts';
import { row, type Why } from './row.ts';

interface Located {
  /** A place in the body: `data.password`. */
  readonly field: string;
}

const READ_AGAIN = 'read the object again and make the change to what is shown then';

export const writeTexts = {
  SentinelInWrite: row(
    403,
    (f: Partial<Located>) =>
      `it holds a sentinel${f.field === undefined ? '' : ` at ${word(f.field)}`}, which stands for a hidden value and must never be stored`,
    'alter',
    'leave the hidden value out of what is written',
  ),
  SentinelInRelease: row(
    403,
    'the Helm release in it was read with values hidden in it, and sentinels would be stored in their place',
    'alter',
    'give the values anew, with helm upgrade, --reset-values and --values; helm rollback, and an upgrade that takes the values ' +
      'of the release, work where masking.releases of the policy names the release, which its owners can do',
  ),
  SentinelMisplaced: row(
    403,
    (f: Located & { belongsAt: string | undefined }) =>
      `at ${word(f.field)} stands a sentinel that is not the one of that place` +
      (f.belongsAt === undefined ? '' : `; it belongs at ${word(f.belongsAt)}`),
    'alter',
    'write a sentinel only where it was read, whole, unchanged and in the order in which it was, or leave it out',
  ),
  SentinelStale: row(
    403,
    (f: Located) =>
      `the sentinel at ${word(f.field)} stands for a value that may have changed since it was shown`,
    'alter',
    READ_AGAIN,
  ),
  HiddenOverwritten: row(
    403,
    (f: Located) =>
      `it writes over the hidden value at ${word(f.field)} in a way that would tell whether the two are equal`,
    'alter',
    'leave that value out; to replace it for good, write it without a dry run, without a test, and in a server-side apply ' +
      'with force; what is immutable cannot be replaced',
  ),
  HiddenTextOverwritten: row(
    403,
    (f: Located) =>
      `it writes over, or changes around it, what a pattern of the policy hides at ${word(f.field)}`,
    'alter',
    'write it as it was shown, or leave it out of the patch; to replace it, remove its field first and then add it anew',
  ),
  HiddenCarried: row(
    403,
    (f: Located) => `the operation at ${word(f.field)} would carry hidden values to another place`,
    'alter',
    'leave that operation out',
  ),
  ObjectChanged: row(
    409,
    (f: Partial<Located>) =>
      f.field === undefined
        ? 'the object was changed while it was written to'
        : `the object is not the one that ${word(f.field)} of the body names`,
    'retry',
    `with the object as it is now: ${READ_AGAIN}`,
  ),
  // What stands there has to be read first.
  LiveForbidden: row(
    403,
    'its hidden values are put back from the object as it stands, and the API server does not let this agent get that',
    'owners',
    "the agent's RBAC for get on this object",
  ),
  LiveUnreadable: row(
    502,
    (f: Why) =>
      `its hidden values are put back from the object as it stands, which could not be read: ${f.why}`,
    'retry',
    'in a few seconds; nothing of it was done',
  ),
};
