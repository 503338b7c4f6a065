// Work that many ask for at once, done one run after another for each key: what is asked while a run is under way goes into the
// next one, all of it. A run that fails, fails those that asked for it and no one after.

/** Resolves with the answer of the run that `asked` went into. */
export type Gathered<Asked, Answer> = (key: string, asked: Asked) => Promise<Answer>;

export function gathered<Asked, Answer>(
  run: (key: string, all: readonly Asked[]) => Promise<Answer>,
): Gathered<Asked, Answer> {
  const waiting = new Map<string, { readonly all: Asked[]; readonly answer: Promise<Answer> }>();
  const last = new Map<string, Promise<void>>();

  function gather(key: string) {
    const all: Asked[] = [];
    const answer = Promise.resolve(last.get(key)).then(() => {
      waiting.delete(key);
      return run(key, all);
    });
    const forget = () => {
      if (last.get(key) === over) last.delete(key);
    };
    const over = answer.then(forget, forget);
    last.set(key, over);
    const batch = { all, answer };
    waiting.set(key, batch);
    return batch;
  }

  return (key, asked) => {
    const { all, answer } = waiting.get(key) ?? gather(key);
    all.push(asked);
    return answer;
  };
}
