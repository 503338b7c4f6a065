// Work that many ask for at once, done one run after another for each key: what is asked while a run is under way goes into the
// next one, all of it. A run that fails, fails those that asked for it and no one after.

/** Resolves with the answer of the run that `asked` went into. Runs of different keys with the same `turn` wait for each other. */
export type Gathered<Asked, Answer> = (key: string, asked: Asked, turn?: string) => Promise<Answer>;

export function gathered<Asked, Answer>(
  run: (key: string, all: readonly Asked[]) => Promise<Answer>,
): Gathered<Asked, Answer> {
  const waiting = new Map<string, { readonly all: Asked[]; readonly answer: Promise<Answer> }>();
  const last = new Map<string, Promise<void>>();

  function gather(key: string, turn: string) {
    const all: Asked[] = [];
    const answer = Promise.resolve(last.get(turn)).then(() => {
      waiting.delete(key);
      return run(key, all);
    });
    const forget = () => {
      if (last.get(turn) === over) last.delete(turn);
    };
    const over = answer.then(forget, forget);
    last.set(turn, over);
    const batch = { all, answer };
    waiting.set(key, batch);
    return batch;
  }

  return (key, asked, turn = key) => {
    const { all, answer } = waiting.get(key) ?? gather(key, turn);
    all.push(asked);
    return answer;
  };
}
