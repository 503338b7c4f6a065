// Looking for a sentinel, whole or in part, where none may stand.
import { holdsSentinel } from '../sentinel.ts';

interface Step {
  readonly value: unknown;
  readonly key: string;
  readonly above: Step | undefined;
}

export interface Found {
  /** Below what was looked through: `.a[0].b`, or empty for itself. */
  readonly below: string;
  /** The text that holds it. */
  readonly text: string;
}

/** The first text that holds a sentinel, key or value, at any depth; without recursion, for what is nested deeply. */
export function markerIn(value: unknown): Found | undefined {
  const open: Step[] = [{ value, key: '', above: undefined }];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    if (typeof step.value === 'string' && holdsSentinel(step.value))
      return { below: pathOf(step), text: step.value };
    if (typeof step.value !== 'object' || step.value === null) continue;
    const list = Array.isArray(step.value);
    for (const [name, inner] of Object.entries(step.value)) {
      if (holdsSentinel(name)) return { below: pathOf(step), text: name };
      open.push({ value: inner, key: list ? `[${name}]` : `.${name}`, above: step });
    }
  }
  return undefined;
}

function pathOf(found: Step): string {
  const keys: string[] = [];
  for (let step: Step | undefined = found; step !== undefined; step = step.above) keys.push(step.key);
  return keys.reverse().join('');
}
