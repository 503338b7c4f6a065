import { expect, test } from 'vitest';
import { receiveSnapshot } from '../../policy/entitlements.ts';
import { SHAPES, snapshotOf } from './policies.ts';
import { answerOf, questionsOf } from './questions.ts';

test.each(SHAPES.map((shape) => [shape.name, shape] as const))(
  'every question has the answer that it is measured for, of however many rules: %s',
  (_, shape) => {
    for (const rules of [1, 10, 100, 1000]) {
      const snapshot = snapshotOf(shape, rules);
      const entitlements = receiveSnapshot(snapshot, 0);
      for (const question of questionsOf(shape, rules))
        expect(answerOf(question, entitlements), `${question.name} of ${rules}`).toBe(question.answer);
      if (rules === 1000) expect(snapshot.held).toMatchObject({ grants: { length: 100 } });
    }
  },
);
