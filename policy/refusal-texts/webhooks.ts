// What every admission webhook says of a call that no API server makes.
import { row } from './row.ts';

/** The part of a review that decided. */
export interface Where {
  readonly where: string;
}

const INSTALLED = 'the cluster: a webhook configuration points here that is not as the chart installs it';

export const webhookTexts = {
  Malformed: row(
    400,
    (f: Where) => `${f.where} is not what an API server sends to this webhook`,
    'operators',
    INSTALLED,
  ),
  UnknownOperation: row(403, 'no webhook of chaperone decides such an operation', 'operators', INSTALLED),
};
