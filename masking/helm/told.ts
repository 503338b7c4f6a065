// What Helm notes about a revision after it made it: its status, and when and how its hooks ran. It is all that may be new in a
// release that was shown with something hidden in it.
import { isObject } from '../shape.ts';
import type { Payload } from './codec.ts';
import { firstDifference } from './same.ts';

const OF_INFO = ['status', 'description', 'deleted', 'last_deployed'];
const OF_HOOK = ['last_run', 'delete_policies'];

/** The release without it. */
export function withoutTold(payload: Payload): Payload {
  return eachPart(payload, (part, names) =>
    Object.fromEntries(Object.entries(part).filter(([name]) => !names.includes(name))),
  );
}

/** What `wrote` tells otherwise than `shown`, one text. */
export function toldAnew(wrote: Payload, shown: Payload): string {
  const news: unknown[] = [];
  eachPart(wrote, (part, names, at) => {
    const was = partAt(shown, at);
    news.push(names.filter((name) => isNew(part, was, name)).map((name) => part[name]));
    return part;
  });
  return JSON.stringify(news);
}

/** What is stored, with what `wrote` tells otherwise than `shown`; the same object where it tells nothing new. */
export function withTold(stored: Payload, wrote: Payload, shown: Payload): Payload {
  let isSame = true;
  const told = eachPart(stored, (part, names, at) => {
    const [writes, was] = [partAt(wrote, at), partAt(shown, at)];
    const news = names.filter((name) => isNew(writes, was, name));
    if (news.length > 0) isSame = false;
    const told = Object.fromEntries(news.map((name) => [name, writes[name]]));
    return Object.fromEntries(Object.entries({ ...part, ...told }).filter(([, it]) => it !== undefined));
  });
  return isSame ? stored : told;
}

const isNew = (wrote: Payload, was: Payload, name: string): boolean =>
  firstDifference({ it: wrote[name] ?? null }, { it: was[name] ?? null }) !== undefined;

/** `at`: undefined for `info`, else the number of a hook. */
type At = number | undefined;

function eachPart(
  payload: Payload,
  change: (part: Payload, names: readonly string[], at: At) => Payload,
): Payload {
  const { info, hooks } = payload;
  return {
    ...payload,
    ...(isObject(info) && { info: change(info, OF_INFO, undefined) }),
    ...(Array.isArray(hooks) && {
      hooks: hooks.map((hook, index) => (isObject(hook) ? change(hook, OF_HOOK, index) : hook)),
    }),
  };
}

function partAt({ info, hooks }: Payload, at: At): Payload {
  const part = at === undefined ? info : Array.isArray(hooks) ? hooks[at] : undefined;
  return isObject(part) ? part : {};
}
