/**
 * Published schedules to the first bug: means over the successful ones of 20 trials (Zhao et al., ASPLOS 2025, artefact); null:
 * never found within 10,000 schedules (safestack: a million); absent: not published.
 */
export const PUBLISHED: Readonly<Record<string, Readonly<Record<string, number | null>>>> = {
  account: { surw: 6, urw: 3, pos: 4, "pct-3": 4, "pct-10": 4, random: 18 },
  bluetooth_driver: { surw: 70, urw: 1494, pos: 36, "pct-3": 112, "pct-10": 83, random: 215 },
  carter01: { pos: 2, "pct-3": 5, "pct-10": 3, random: 1 },
  circular_buffer: { surw: 3, urw: 14, pos: 2, "pct-3": 9, "pct-10": 5, random: 4 },
  deadlock01: { surw: 2, urw: 3, pos: 4, "pct-3": 13, "pct-10": 7, random: 3 },
  lazy01: { surw: 2, urw: 4, pos: 5, "pct-3": 5, "pct-10": 5, random: 21 },
  queue: { surw: 2, urw: 2, pos: 1, "pct-3": 3, "pct-10": 2, random: 1 },
  reorder_3: { surw: 7, urw: 24, pos: 86, "pct-3": 185, "pct-10": 148, random: null },
  reorder_4: { surw: 7, urw: 22, pos: 533, "pct-3": 554, "pct-10": 362, random: null },
  reorder_5: { surw: 10, urw: 27, pos: 2169, "pct-3": 647, "pct-10": 1094, random: null },
  reorder_10: { surw: 17, urw: 74, pos: null, "pct-3": 3225, "pct-10": 4462, random: null },
  reorder_100: { surw: 194, urw: 3785, pos: null, "pct-3": null, "pct-10": null, random: null },
  safestack: { surw: 368921, urw: null, pos: null, "pct-3": null, "pct-10": null, random: null },
  stack: { surw: 5, urw: 986, pos: 2, "pct-3": 3, "pct-10": 3, random: 176 },
  token_ring: { surw: 8, urw: 9, pos: 9, "pct-3": 8, "pct-10": 8, random: 13 },
  twostage: { surw: 8, urw: 9, pos: 15, "pct-3": 13, "pct-10": 9, random: 464 },
  twostage_100: { surw: 454, urw: 2992, pos: 6674, "pct-3": 7466, "pct-10": 5726, random: null },
  wronglock_3: { surw: 9, urw: 5, pos: 11, "pct-3": 58, "pct-10": 14, random: 36 },
  wronglock: { surw: 7, urw: 4, pos: 10, "pct-3": 51, "pct-10": 20, random: 36 },
  work_stealing_queue: { surw: 6, urw: 13, pos: 12, "pct-3": 48, "pct-10": 16 },
};
