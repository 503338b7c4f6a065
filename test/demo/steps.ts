// What the demo shows, step by step: a command, what was expected of it, what happened; or why it was left out. Printed for
// a person or as JSON.

export interface Step {
  readonly step: string;
  /** As a person would type it. */
  readonly command: string;
  readonly expected: string;
  readonly outcome: string;
  readonly ok: boolean;
}

/** A step that this place cannot show. */
export interface LeftOut {
  readonly step: string;
  /** Why, as a person would say it. */
  readonly left_out: string;
}

export interface Screen {
  /** A heading between steps. */
  chapter(title: string): void;
  /** A fact that is no step. */
  note(line: string): void;
  step(step: Step): void;
  leaveOut(step: LeftOut): void;
}

const WIDTH = 100;
const INDENT = ' '.repeat(7);

/** For a person, at most 100 columns; colour only where `colour` says so. */
export function personScreen(write: (text: string) => void, colour: boolean): Screen {
  const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const line = (label: string, text: string) => write(`${hanging(text, `${INDENT}${label}`)}\n`);
  let count = 0;
  return {
    chapter: (title) => write(`\n${paint(1, title.toUpperCase())}\n`),
    note: (text) => write(`${hanging(text, '  ')}\n`),
    step({ step, command, expected, outcome, ok }) {
      count += 1;
      const verdict = ok ? paint(32, 'ok') : paint(31, 'NO');
      write(`\n${verdict} ${String(count).padStart(2)}  ${paint(1, step)}\n`);
      line('$ ', command);
      line('expected  ', expected);
      line('happened  ', outcome);
    },
    leaveOut({ step, left_out }) {
      write(`\n${paint(33, '--')}     ${paint(1, step)}\n`);
      line('left out  ', left_out);
    },
  };
}

/** One object a line and a step; nothing else. */
export function jsonScreen(write: (text: string) => void): Screen {
  return {
    chapter: () => {},
    note: () => {},
    step: (step) => write(`${JSON.stringify(step)}\n`),
    leaveOut: (step) => write(`${JSON.stringify(step)}\n`),
  };
}

/** `text` behind `label`, in lines of at most 100 columns that all begin where the first does, broken at spaces. */
export function hanging(text: string, label: string): string {
  const room = WIDTH - label.length;
  const lines = text.split('\n').flatMap((line) => {
    const broken: string[] = [];
    let rest = line;
    while (rest.length > room) {
      const space = rest.lastIndexOf(' ', room);
      const at = space > room / 2 ? space : room;
      broken.push(rest.slice(0, at));
      rest = rest.slice(at).trimStart();
    }
    return [...broken, rest];
  });
  return label + lines.join(`\n${' '.repeat(label.length)}`);
}

export interface CountingScreen extends Screen {
  counted(): { readonly steps: number; readonly different: number; readonly leftOut: number };
}

/** The same screen, which knows how many steps it has shown. */
export function counting(screen: Screen): CountingScreen {
  const count = { steps: 0, different: 0, leftOut: 0 };
  return {
    ...screen,
    step(step) {
      count.steps += 1;
      count.different += step.ok ? 0 : 1;
      screen.step(step);
    },
    leaveOut(step) {
      count.leftOut += 1;
      screen.leaveOut(step);
    },
    counted: () => ({ ...count }),
  };
}
