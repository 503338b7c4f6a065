// Attacks of one JSON Patch: a hidden value compared, or carried to where it is shown.
import {
  type Attack,
  applied,
  copyOf,
  document,
  LAST_APPLIED,
  OVERWRITTEN,
  one,
  PASSWORD,
  patch,
  type Spy,
} from './guess.ts';

const CARRIED = '403 HiddenCarried';
const operations = (what: string, ops: (spy: Spy) => object[], end: string, made?: Attack['made']) =>
  one(`JSON Patch: ${what}`, (spy) => patch(spy, 'operations', ops(spy)), end, made);

const annotation = `/metadata/annotations/${LAST_APPLIED.replace('/', '~1')}`;

export const OPERATIONS: readonly Attack[] = [
  operations('test of the value', ({ guess }) => [{ op: 'test', path: PASSWORD, value: guess }], OVERWRITTEN),
  operations(
    'test of all data',
    ({ guess, shown }) => [{ op: 'test', path: '/data', value: { ...shown.data, password: guess } }],
    OVERWRITTEN,
  ),
  operations(
    'test of a copy',
    ({ guess }) => [{ op: 'test', path: annotation, value: copyOf(guess) }],
    OVERWRITTEN,
    applied,
  ),
  operations(
    'test of a document',
    ({ guess }) => [
      {
        op: 'test',
        path: '/metadata/annotations/example.com~1document',
        value: document(guess).metadata.annotations['example.com/document'],
      },
    ],
    OVERWRITTEN,
    document,
  ),
  operations(
    'copy to a label',
    () => [{ op: 'copy', from: PASSWORD, path: '/metadata/labels/out' }],
    CARRIED,
  ),
  operations(
    'copy to an annotation',
    () => [{ op: 'copy', from: PASSWORD, path: '/metadata/annotations/out' }],
    CARRIED,
  ),
  operations('move to another key', () => [{ op: 'move', from: PASSWORD, path: '/data/out' }], CARRIED),
  operations('copy of all data', () => [{ op: 'copy', from: '/data', path: '/stringData' }], CARRIED),
  operations(
    'copy of a copy',
    () => [{ op: 'copy', from: annotation, path: '/metadata/labels/out' }],
    CARRIED,
    applied,
  ),
  operations(
    'copy of all annotations',
    () => [{ op: 'copy', from: '/metadata/annotations', path: '/data' }],
    CARRIED,
    applied,
  ),
  operations(
    'copy, and test of what was copied',
    ({ guess }) => [
      { op: 'copy', from: PASSWORD, path: '/data/out' },
      { op: 'test', path: '/data/out', value: guess },
    ],
    CARRIED,
  ),
  operations('copy of the whole', () => [{ op: 'copy', from: '', path: '/data/out' }], CARRIED),
];
