import { describe, expect, it } from 'vitest';
import { soleOwner } from './sole-owner.ts';

const entry = (manager: string, operation: string, fieldsV1: object, more: object = {}) => ({
  manager,
  operation,
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...more,
});
const DATA = { 'f:data': { '.': {}, 'f:password': {} } };
const helm = entry('helm', 'Apply', DATA);

describe('an apply without force', () => {
  it.each([
    ['the manager that applied it alone', [helm]],
    ['it in stringData', [entry('helm', 'Apply', { 'f:stringData': { 'f:password': {} } })]],
    ['nobody', [entry('kubectl', 'Update', { 'f:type': {} })]],
    ['it, and others other keys', [helm, entry('kubectl-edit', 'Update', { 'f:data': { 'f:user': {} } })]],
  ])('cannot conflict where the owner is %s', (_, managedFields) => {
    expect(soleOwner(managedFields, 'helm')('password')).toBe(true);
  });

  it.each([
    ['another owns it too', [helm, entry('kubectl-edit', 'Update', DATA)]],
    ['another owns it in stringData', [helm, entry('x', 'Apply', { 'f:stringData': { 'f:password': {} } })]],
    ['the same manager updated it', [entry('helm', 'Update', DATA)]],
    ['it is owned through a subresource', [entry('helm', 'Apply', DATA, { subresource: 'status' })]],
    ['nobody is known to own anything', []],
    ['what somebody owns cannot be read', [helm, entry('x', 'Update', { 'f:data': 'all' })]],
    ['an entry has no fields', [helm, { manager: 'x', operation: 'Update' }]],
  ])('may conflict where %s', (_, managedFields) => {
    expect(soleOwner(managedFields, 'helm')('password')).toBe(false);
  });

  it('may conflict where it does not say who applies', () => {
    expect(soleOwner([helm], undefined)('password')).toBe(false);
  });
});
