import { describe, expect, test } from 'vitest';
import { sentinel } from '../sentinel.ts';
import { LAST_APPLIED } from '../test-bodies.ts';
import { type Body, hash, STATE, shown } from './test-lives.ts';
import {
  APPLIED,
  annotated,
  applying,
  body,
  copied,
  document,
  elsewhere,
  outcome,
  password,
  user,
} from './test-refused.ts';

describe.each(['object', 'apply', 'merge', 'strategic'] as const)(
  'in a write of form %s a sentinel is refused',
  (form) => {
    test.each<[string, Body, unknown]>([
      ['at another key', { data: { user: password } }, ['SentinelMisplaced', 'data.user', 'data.password']],
      ['at a new key', { data: { new: password } }, ['SentinelMisplaced', 'data.new', 'data.password']],
      [
        'at another key of stringData',
        { stringData: { user: atob(password) } },
        ['SentinelMisplaced', 'stringData.user', 'data.password'],
      ],
      ['of another object', { data: { password: elsewhere } }, ['SentinelMisplaced', 'data.password']],
      [
        'of an older version',
        { data: { password: shown(body, '6').data.password } },
        ['SentinelStale', 'data.password'],
      ],
      [
        'of a later version',
        { data: { password: shown(body, '8').data.password } },
        ['SentinelStale', 'data.password'],
      ],
      [
        'of a key that is gone',
        {
          data: {
            gone: btoa(sentinel(hash, { uid: 'u-1', resourceVersion: '7' }, { part: 'data', key: 'gone' })),
          },
        },
        ['SentinelStale', 'data.gone'],
      ],
      [
        'not in base64, in data',
        { data: { password: atob(password) } },
        ['SentinelMisplaced', 'data.password', 'data.password'],
      ],
      [
        'in base64, in stringData',
        { stringData: { password } },
        ['SentinelMisplaced', 'stringData.password', 'data.password'],
      ],
      ['in base64 twice', { data: { password: btoa(password) } }, ['SentinelMisplaced', 'data.password']],
      [
        'with a line break',
        { stringData: { password: `${atob(password)}\n` } },
        ['SentinelMisplaced', 'stringData.password'],
      ],
      [
        'with text beside it',
        { data: { password: btoa(`${atob(password)}:x`) } },
        ['SentinelMisplaced', 'data.password'],
      ],
      [
        'in part',
        { stringData: { password: atob(password).slice(0, 40) } },
        ['SentinelMisplaced', 'stringData.password'],
      ],
      ['as a key', { data: { [atob(password)]: 'eA==' } }, ['SentinelMisplaced', 'data', 'data.password']],
      [
        'deep in what is no value',
        { data: { password: { a: [password] } } },
        ['SentinelMisplaced', 'data.password.a[0]', 'data.password'],
      ],
      [
        'in a label',
        { metadata: { labels: { a: password } } },
        ['SentinelMisplaced', 'metadata.labels.a', 'data.password'],
      ],
      ['in another field', { spec: [password] }, ['SentinelMisplaced', 'spec[0]', 'data.password']],
      ['in the type', { type: atob(password) }, ['SentinelMisplaced', 'type', 'data.password']],
      [
        'in a note',
        annotated('note', atob(password)),
        ['SentinelMisplaced', 'metadata.annotations.note', 'data.password'],
      ],
      [
        'within a document',
        annotated(STATE, `{"a":"${atob(password)}"}`),
        ['SentinelMisplaced', `metadata.annotations.${STATE}`],
      ],
      [
        'of a document at another annotation',
        annotated('note', document),
        ['SentinelMisplaced', 'metadata.annotations.note', `metadata.annotations.${STATE}`],
      ],
      [
        'of a copy in data',
        { data: { password: copied.data.password } },
        ['SentinelMisplaced', 'data.password', `${APPLIED}: data.password`],
      ],
      [
        'of a copy at another key of it',
        applying({ data: { user: copied.data.password } }),
        ['SentinelMisplaced', `${APPLIED}: data.user`, `${APPLIED}: data.password`],
      ],
      [
        'of a copy, of an older version, where all else is as it was shown',
        annotated(LAST_APPLIED, shown(body, '6').metadata.annotations[LAST_APPLIED]),
        ['SentinelStale', `${APPLIED}: annotations.n`],
      ],
      [
        'of data at another key of a copy',
        applying({ data: { user: password } }),
        ['SentinelMisplaced', `${APPLIED}: data.user`, 'data.password'],
      ],
      [
        'of data, of an older version, in a copy',
        applying({ data: shown(body, '6').data }),
        ['SentinelStale', `${APPLIED}: data.password`],
      ],
      [
        'elsewhere in a copy',
        applying({ metadata: { name: password } }),
        ['SentinelMisplaced', `${APPLIED}.metadata.name`, 'data.password'],
      ],
      [
        'written in escapes in a copy',
        annotated(LAST_APPLIED, `{"metadata":{"name":"\\u0063${atob(password).slice(1)}"}}`),
        ['SentinelMisplaced', `${APPLIED}.metadata.name`, 'data.password'],
      ],
      [
        'in a copy, at a key that stands there twice',
        annotated(LAST_APPLIED, `{"data":{"user":"${user}","user":"QQ=="}}`),
        ['SentinelMisplaced', APPLIED],
      ],
      [
        'in managedFields',
        { metadata: { managedFields: [{ manager: atob(password) }] } },
        ['SentinelMisplaced', 'metadata.managedFields[0].manager', 'data.password'],
      ],
    ])('%s', (_, value, expected) => {
      expect(outcome({ form, value })).toEqual(expected);
    });
  },
);
