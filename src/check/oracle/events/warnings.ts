import { kernelEvents } from "../../../kernel/tracepoints.ts";
import { WARN_NAMES } from "../../../kernel/view.ts";
import type { EventWatch, Oracle } from "../oracle.ts";

/** The kernel's own checks: a WARN_ON says that somebody broke a rule, even though the kernel goes on. */
export function watchWarnings({ tracer, report }: EventWatch): Oracle {
  tracer.on("judge", kernelEvents.warn, (task, what) =>
    report(task, "WARN", `WARN_ON: ${WARN_NAMES[what].replaceAll("_", " ")}`),
  );
  return {};
}
