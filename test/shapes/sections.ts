// Every section of shapes, in the order of docs/pod-shapes.md.
import { CONTAINERS, ENVIRONMENT } from './containers.ts';
import { CREDENTIALS } from './credentials.ts';
import { PLACE_AND_TIME, SECURITY } from './pods.ts';
import type { Section } from './shape.ts';
import { VOLUMES } from './volumes.ts';

export const SECTIONS: readonly Section[] = [
  CONTAINERS,
  VOLUMES,
  CREDENTIALS,
  ENVIRONMENT,
  SECURITY,
  PLACE_AND_TIME,
];
