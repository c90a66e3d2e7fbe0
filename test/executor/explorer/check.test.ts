import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { assert, check, CheckError, explorerMatchers, program, replay, TokenError, type CheckOptions } from "shootdown/explorer";
import { ROOT } from "../../cli/command.ts";

declare module "vitest" {
  interface Matchers<T> {
    toHoldInAllSchedules(options?: CheckOptions): T;
  }
}
expect.extend(explorerMatchers);

/** Two threads that count, each in one step, or in two. */
function counter(isAtomic: boolean) {
  return program("counter", (p) => {
    const x = p.word("x");
    for (const name of ["a", "b"]) {
      p.thread(name, function* (t) {
        if (isAtomic) yield* x.add(t, 1);
        else yield* x.write(t, (yield* x.read(t)) + 1);
      });
    }
    p.finally(() => assert(x.value === 2, `x is ${x.value}`));
  });
}

function failureOf(options?: CheckOptions): CheckError {
  try {
    check(counter(false), options);
  } catch (error) {
    if (error instanceof CheckError) return error;
    throw error;
  }
  throw new Error("nothing failed");
}

it("tells of a failure with a token that replays it", () => {
  const { failure, token, message, certificate } = failureOf();
  expect(message).toContain(`replay: ${token}`);
  expect(certificate.depth).toBeGreaterThan(0);
  expect(replay(counter(false), token)).toEqual({ failure, divergence: null });
});

it("is the same each time, and says nothing of what holds", () => {
  expect(failureOf().message).toBe(failureOf().message);
  expect(check(counter(true), { strategy: "dpor" })).toMatchObject({ exhaustive: true, found: [] });
});

it("does not fail any more once it is mended, and refuses the token of another program", () => {
  const { token } = failureOf();
  expect(replay(counter(true), token).failure).toBeNull();
  expect(() =>
    replay(
      program("other", () => {}),
      token,
    ),
  ).toThrow(TokenError);
});

it("is a matcher, too", () => {
  expect(counter(true)).toHoldInAllSchedules({ strategy: "dpor" });
  expect(counter(false)).not.toHoldInAllSchedules();
  expect(() => expect(counter(false)).toHoldInAllSchedules()).toThrow(/^counter: assertion/);
});

it("prints what docs/explorer.md says", () => {
  const page = readFileSync(new URL("../../../docs/explorer.md", import.meta.url), "utf8");
  const [, code, printed] = /```ts\n(.*?)```\n\nIt prints\n\n```text\n(.*?)```/su.exec(page)!;
  const args = ["--import", "tsx", "--input-type=module", "-e", code];
  expect(execFileSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" })).toBe(printed);
});
