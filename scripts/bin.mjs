#!/usr/bin/env node
import { register } from "tsx/esm/api";

register(); // the package's sources are what runs: hunts bundle them, and seeded bugs are patches of them
await import("./shootdown.ts");
