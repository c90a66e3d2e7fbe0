import type { Tracer } from "../../machine/tracepoint.ts";
import { kernelEvents } from "../../kernel/tracepoints.ts";
import { WARN_NAMES } from "../../kernel/view.ts";
import type { Reporter } from "../record/violation.ts";

/** The kernel's own checks: a WARN_ON says that somebody broke a rule, even though the kernel goes on. */
export function reportWarnings(tracer: Tracer, reporter: Reporter): void {
  tracer.on(kernelEvents.warn, (task, what) =>
    reporter.report(task, "WARN", `WARN_ON: ${WARN_NAMES[what].replaceAll("_", " ")}`),
  );
}
