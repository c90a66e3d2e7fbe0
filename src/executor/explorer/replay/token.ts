import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import * as v from "valibot";
import type { Answer, LabelledSchedule, Segment } from "./labelled_schedule.ts";

/** What a replay needs to know. */
export interface TokenContent {
  /** What was explored, as plain data: the caller's business. */
  readonly config: unknown;
  /** Strategy, seed and number of the execution that found it. */
  readonly strategy: string;
  readonly seed: number;
  readonly index: number;
  readonly decisions: LabelledSchedule;
}

/** A text is no token, or a damaged one; the message is one line that says which. */
export class TokenError extends Error {
  override readonly name = "TokenError";
}

const PREFIX = "sd1:";
/** Of the longest token, in characters, and of what is packed in it, in bytes: hundreds of times what hunts print. */
const MOST_CHARACTERS = 1 << 20;
const MOST_BYTES = 1 << 22;

/** The content as a short text: `sd1:…`, of characters that a shell leaves alone. */
export function printToken({ config, strategy, seed, index, decisions }: TokenContent): string {
  const tasks = [...new Set([...decisions.segments, ...decisions.answers].map(({ task }) => task))];
  const compact = [
    config,
    strategy,
    seed,
    index,
    tasks,
    decisions.segments.map(({ task, steps, stop, occurrence }) => [tasks.indexOf(task), steps, stop, occurrence]),
    decisions.answers.map(({ task, asked, question }) =>
      asked === null ? [tasks.indexOf(task), question] : [tasks.indexOf(task), question, asked],
    ),
  ];
  const packed = deflateRawSync(Buffer.from(JSON.stringify(compact)), { level: 9 });
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(packed));
  return PREFIX + Buffer.concat([checksum, packed]).toString("base64url");
}

/** @throws TokenError */
export function parseToken(text: string): TokenContent {
  const token = text.trim();
  if (!token.startsWith(PREFIX)) {
    const version = /^sd(\d+):/.exec(token)?.[1];
    throw new TokenError(
      version === undefined
        ? `not a token: ${JSON.stringify(token.slice(0, 12))}; a token begins with ${PREFIX}`
        : `token of version ${version}; this is version 1 and reads only its own`,
    );
  }
  if (token.length > MOST_CHARACTERS)
    throw new TokenError(`not a token: ${token.length} characters; the longest has ${MOST_CHARACTERS}`);
  if (!/^[\w-]+$/.test(token.slice(PREFIX.length))) throw new TokenError("damaged token: it holds characters that no token has");
  const bytes = Buffer.from(token.slice(PREFIX.length), "base64url");
  const packed = bytes.subarray(4);
  if (bytes.length < 5 || crc32(packed) !== bytes.readUInt32LE(0))
    throw new TokenError("damaged token: its checksum is wrong; was all of it copied?");
  const compact = v.safeParse(Compact, unpack(packed));
  if (compact.success) return contentOf(compact.output);
  throw new TokenError(`damaged token: its content is not what a hunt writes: ${v.getDotPath(compact.issues[0]) ?? "all of it"}`);
}

/** @throws TokenError */
function unpack(packed: Buffer): unknown {
  try {
    return JSON.parse(inflateRawSync(packed, { maxOutputLength: MOST_BYTES }).toString()) as unknown;
  } catch (cause) {
    throw new TokenError("damaged token: what it holds cannot be unpacked", { cause });
  }
}

/** `` replayToken`sd1:…` ``: a token pasted into a test. @throws TokenError */
export function replayToken(text: TemplateStringsArray): TokenContent {
  return parseToken(text.join(""));
}

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Segments and answers name their task by its place among the tasks. */
const Compact = v.pipe(
  v.strictTuple([
    v.unknown(), // config
    v.string(), // strategy
    v.pipe(Count, v.maxValue(0xffff_ffff)), // seed
    Count, // index
    v.array(v.string()), // tasks
    v.array(v.strictTuple([Count, Count, Count, Count])), // segments: task, steps, stop, occurrence
    v.array(v.union([v.strictTuple([Count, Count, v.string()]), v.strictTuple([Count, Count])])), // answers
  ]),
  v.check(([, , , , tasks, ...decisions]) => decisions.flat().every(([task]) => task < tasks.length)),
);

function contentOf([config, strategy, seed, index, tasks, segments, answers]: v.InferOutput<typeof Compact>): TokenContent {
  const decisions = {
    segments: segments.map(([task, steps, stop, occurrence]): Segment => ({ task: tasks[task], steps, stop, occurrence })),
    answers: answers.map(([task, question, asked]): Answer => ({ task: tasks[task], asked: asked ?? null, question })),
  };
  return { config, strategy, seed, index, decisions };
}
