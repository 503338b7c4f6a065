// Why a call is refused for what its workload has done already, or for what nobody can count.
import { printDuration } from '../duration.ts';
import { row } from './row.ts';

export const budgetTexts = {
  BudgetSpent: row(
    403,
    (f: { rule: string; verbs: readonly string[]; max: number; per: string; retryAfterSeconds: number }) =>
      `${f.rule} is spent: at most ${f.max} ${f.verbs.join(' or ')} in ${f.per}, refused ones among them`,
    'retry',
    (f) =>
      `in ${printDuration(f.retryAfterSeconds * 1000)}, when there is room for one; until then stop, or tell a person, ` +
      'for only the owners of that policy can change it',
  ),
  CollectionNotCounted: row(
    403,
    (f: { rule: string }) =>
      `${f.rule} counts what is deleted, and how many this would delete nobody knows before`,
    'alter',
    'delete the objects one by one, each by its name',
  ),
};
