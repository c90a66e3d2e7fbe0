import type { Layout } from "./layout.ts";
import { PTRS_PER_TABLE } from "./pte.ts";
import { array, struct, u32, Word, type Ptr } from "./struct.ts";
import { ArchSpinlock } from "./arch_spinlock.ts";

/**
 * Physical memory: page frames, known by number (pfn), each with a descriptor and 512 words of content. A frame serves as
 * a table of either kind of processor or as a data page; of a data page only the first few words are used, one for each
 * writer (see {@link PhysicalMemory.writerWord}) and one that all add to.
 */

/** State of a frame. */
export const FRAME_FREE = 0;
export const FRAME_SYSTEM = 1;
export const FRAME_PAGE_TABLE = 2;
export const FRAME_GPU_PAGE_TABLE = 3;
export const FRAME_ZERO = 4;

export const FRAME_STATE_NAMES = ["free", "system", "page_table", "gpu_page_table", "zero"] as const;

/** Descriptor of a frame: Linux's `struct page`. */
export const Page = struct("page", {
  refcount: u32,
  /** Page tables that map it. */
  mapcount: u32,
  /** Goes up by one whenever the frame is freed. */
  generation: u32,
  state: u32,
  /** Reverse map: the `anon_vma` or `address_space` it belongs to, 0 if none. */
  mapping: u32,
  /** Reverse map: page offset within the mapping. */
  index: u32,
  /** PG_locked, PG_dirty, … */
  flags: u32,
  /** Page-table lock of this table, if it is one. */
  ptl: ArchSpinlock,
  ptlOwner: u32,
  lruNext: u32,
  lruPrev: u32,
});

export const FrameContent = struct("frame", { entries: array(Word, PTRS_PER_TABLE) });

export class PhysicalMemory {
  readonly frames: number;
  readonly pages: Ptr<"page">;
  readonly contents: Ptr<"frame">;
  /** Content words in use of a data page. */
  readonly dataWords: number;

  /** @param writers processors that write to pages, 1 to 511 */
  constructor(layout: Layout, frames: number, writers: number) {
    if (writers < 1 || writers >= PTRS_PER_TABLE)
      throw new RangeError(`${writers} writers: a page has words for 1..${PTRS_PER_TABLE - 1}`);
    this.frames = frames;
    this.dataWords = writers + 1;
    this.pages = layout.place(Page, "page", frames);
    this.contents = layout.place(FrameContent, "frame", frames);
  }

  page(pfn: number): Ptr<"page"> {
    return (this.pages + pfn * Page.words) as Ptr<"page">;
  }

  pfnOf(page: Ptr<"page">): number {
    return (page - this.pages) / Page.words;
  }

  content(pfn: number): Ptr<"frame"> {
    return (this.contents + pfn * FrameContent.words) as Ptr<"frame">;
  }

  /** Entry `index` (0 to 511) of the table in frame `pfn`. */
  entry(pfn: number, index: number): Ptr<"word"> {
    return (this.contents + pfn * FrameContent.words + index) as Ptr<"word">;
  }

  /** The word that all processors add to. */
  counterWord(pfn: number): Ptr<"word"> {
    return this.entry(pfn, 0);
  }

  /** The word that only processor `writer` (0, 1, …) writes its stamps to. */
  writerWord(pfn: number, writer: number): Ptr<"word"> {
    return this.entry(pfn, 1 + writer);
  }
}
