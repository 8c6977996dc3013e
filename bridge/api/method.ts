import type * as z from 'zod';
import { usageError } from '../core/failure.ts';
import type { JournalEvent } from '../core/journal-event.ts';

/**
 * One thing that can be asked of a bridge. The socket, and a command where no bridge runs, are made from the list of these.
 * `Uses` is what its work needs: `Bridge` has all of it, and a test gives no more than that.
 */
export interface Method<
  Uses,
  Name extends string = string,
  Args extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
> {
  readonly name: Name;
  /** what it is given, as JSON; nothing is done with what does not fit */
  readonly args: Args;
  readonly result: Result;
  /** @param closed aborts when the caller hangs up */
  run(uses: Uses, args: z.output<Args>, closed: AbortSignal): Promise<z.output<Result>>;
}

/** A method that yields events until it ends, or until its caller hangs up. */
export interface StreamMethod<
  Uses,
  Name extends string = string,
  Args extends z.ZodType = z.ZodType,
  Event extends z.ZodType = z.ZodType,
> {
  readonly name: Name;
  /** `after`, where it is given, is the cursor that its reader has come to */
  readonly args: Args;
  readonly event: Event;
  /** @param closed aborts when the caller hangs up: the stream ends within a second */
  stream(uses: Uses, args: z.output<Args>, closed: AbortSignal): Stream<z.output<Event>>;
}

/** The number of a journal event. What is not journaled carries that of the newest event before it. */
export type Cursor = JournalEvent['seq'];

export interface StreamItem<Event = unknown> {
  readonly cursor: Cursor;
  readonly event: Event;
}

/** `slow`: its reader did not keep up, and asks again after the last cursor that it has. */
export type StreamEnd = 'done' | 'slow';

export type Stream<Event = unknown> = AsyncGenerator<StreamItem<Event>, StreamEnd, void>;

/** A method with all that it works on: what an adapter calls. @throws BridgeError naming the argument that is wrong */
export type Served = (args: Readonly<Record<string, unknown>>, closed: AbortSignal) => Promise<unknown> | Stream;

export function served<Uses>(one: Method<Uses> | StreamMethod<Uses>, uses: Uses): Served {
  return (args, closed) => {
    const given = one.args.safeParse(args);
    if (!given.success) {
      const { path, message } = given.error.issues[0]!;
      throw usageError(one.name, path.join('.'), boundInWords(message));
    }
    return 'stream' in one ? one.stream(uses, given.data, closed) : one.run(uses, given.data, closed);
  };
}

/** A bound that has no words of its own. */
function boundInWords(message: string): string {
  const [, which, bound] = /^Too (big|small): expected number to be [<>]=?(\S+)$/.exec(message) ?? [];
  if (bound === undefined) return message;
  return which === 'big' ? `is more than ${bound}` : `is less than ${bound}`;
}

/** Gives a method its types. */
export function method<Uses, Name extends string, Args extends z.ZodType, Result extends z.ZodType>(
  one: Method<Uses, Name, Args, Result>,
): Method<Uses, Name, Args, Result> {
  return one;
}

export function stream<Uses, Name extends string, Args extends z.ZodType, Event extends z.ZodType>(
  one: StreamMethod<Uses, Name, Args, Event>,
): StreamMethod<Uses, Name, Args, Event> {
  return one;
}
