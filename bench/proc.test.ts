import { expect, test } from 'vitest';
import { cpuMs, memory, peakRss, startedMs, strings } from './proc.ts';

const stat = (name: string) =>
  `42 (${name}) S 1 42 42 0 -1 4194304 900 0 3 0 150 27 8 9 20 0 11 0 777 1100000000 15000 184467440737`;

test.each(['node', 'a) S 1 (b', 'node MainThread'])(
  'reads CPU time and start of a process named %s',
  (name) => {
    expect(cpuMs(stat(name))).toBe(1770);
    expect(startedMs(stat(name))).toBe(7770);
  },
);

test('what is not a stat file is an error, not a zero', () => {
  expect(() => cpuMs('42 (node) S 1')).toThrow('no field 14');
});

const ROLLUP = `55d-7ffd ---p 00000000 00:00 0    [rollup]
Rss:               71680 kB
Pss:               40000 kB
Shared_Clean:      49152 kB
Private_Clean:      1024 kB
Private_Dirty:     20480 kB
Private_Hugetlb:       0 kB
`;

test('private memory is what no other process shares', () => {
  expect(memory(ROLLUP)).toEqual({ rss: 70, private: 21 });
});

test('a kernel that leaves a line out is an error, not a zero', () => {
  expect(() => memory('Rss: 71680 kB\n')).toThrow('no Private_Clean');
});

test('reads the highest RSS', () => {
  expect(peakRss('Name:\tnode\nVmPeak:\t 900000 kB\nVmHWM:\t  100352 kB\n')).toBe(98);
});

test('strings that end with NUL may be empty and may hold lines', () => {
  expect(strings('A=1\0B=x\ny\0\0')).toEqual(['A=1', 'B=x\ny', '']);
});
