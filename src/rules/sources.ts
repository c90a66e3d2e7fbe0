/** What the rules were read in, by short name. "Linux 7.1" is what was merged there. */

export const MN = "mm/mmu_notifier.c (Linux 7.1, 7aba71dbc416)";
export const MNH = "include/linux/mmu_notifier.h (Linux 7.1, 7aba71dbc416)";
/** After patch 4 of 4 of the fourth posting, which is what was merged. */
export const UP4 = "drivers/gpu/drm/xe/xe_userptr.c (series v4, patch 4/4, 5 Mar 2026; merged in Linux 7.1)";
/** Before two passes. */
export const UP0 = "drivers/gpu/drm/xe/xe_userptr.c (Linux 6.18 and 6.19, before two passes)";
export const XPT = "drivers/gpu/drm/xe/xe_pt.c (July 2026)";
export const XMA = "drivers/gpu/drm/xe/xe_vm_madvise.c";
export const TLB = "drivers/gpu/drm/xe/xe_tlb_inval.c";
export const GSVM = "drm_gpusvm.c and xe_svm.c (Linux 6.16 to 7.1)";
export const DOC = "Documentation/mm/mmu_notifier.rst";

/** The five postings of the two-pass series. */
export const RFC = "RFC, 9 Aug 2025";
export const P1 = "first posting, 21 Aug 2025";
export const V2 = "second posting, 2 Mar 2026";
export const V3 = "third posting, 3 Mar 2026";
export const V4 = "fourth posting, 5 Mar 2026";

/** Section (k) of the specification. */
export const K = "amendments of November 2026: sources and mails up to October 2026 (Linux 7.3-rc7)";
