import { MADV_DONTNEED, MADV_FREE, PROT_READ, PROT_WRITE } from "../../../src/kernel/mm/mman.ts";

/** What a page holds: the counter and the word of CPU 0. */
export interface Content {
  counter: number;
  stamp: number;
}

interface ModelPage {
  prot: number;
  /** Shared memory: content by page of the segment, the same object in every process. */
  readonly shared: { readonly segment: Map<number, Content>; readonly pages: number; readonly index: number } | null;
  /** Private memory. */
  content: Content;
  /** MADV_FREE: the content may have become zeros at any time. */
  isLazy: boolean;
}

/** An address space as a process sees it: a plain map from page number to page, and nothing else. */
export class ModelMm {
  pages = new Map<number, ModelPage>();

  fork(): ModelMm {
    const child = new ModelMm();
    for (const [vpn, page] of this.pages) child.pages.set(vpn, { ...page, content: { ...page.content } });
    return child;
  }

  map(vpn: number, count: number, prot: number, isShared: boolean): void {
    const segment = new Map<number, Content>();
    for (let i = 0; i < count; i++) {
      const shared = isShared ? { segment, pages: count, index: i } : null;
      this.pages.set(vpn + i, { prot, shared, content: { counter: 0, stamp: 0 }, isLazy: false });
    }
  }

  unmap(vpn: number, count: number): void {
    for (let i = 0; i < count; i++) this.pages.delete(vpn + i);
  }

  /** True if there was no hole; what is below the first one is done in any case. */
  protect(vpn: number, count: number, prot: number): boolean {
    for (let i = 0; i < count; i++) {
      const page = this.pages.get(vpn + i);
      if (page === undefined) return false;
      page.prot = prot;
    }
    return true;
  }

  advise(vpn: number, count: number, advice: number): void {
    for (let i = 0; i < count; i++) {
      const page = this.pages.get(vpn + i);
      if (page === undefined || page.shared !== null) continue;
      if (advice === MADV_DONTNEED) page.content = { counter: 0, stamp: 0 };
      if (advice === MADV_FREE) page.isLazy = true;
    }
  }

  /** Move pages to where nothing is. */
  move(from: number, to: number, count: number, isOldKept: boolean): void {
    for (let i = 0; i < count; i++) {
      const page = this.pages.get(from + i);
      if (page === undefined) throw new Error("a hole was moved");
      this.pages.delete(from + i);
      this.pages.set(to + i, page);
      if (isOldKept) this.pages.set(from + i, { ...page, content: { counter: 0, stamp: 0 }, isLazy: false });
    }
  }

  /** The page if this access is allowed. */
  accessible(vpn: number, isWrite: boolean): ModelPage | null {
    const page = this.pages.get(vpn);
    if (page === undefined || (page.prot & (isWrite ? PROT_WRITE : PROT_READ | PROT_WRITE)) === 0) return null;
    return page.shared !== null && page.shared.index >= page.shared.pages ? null : page;
  }

  /** Let the page hold this if it may; false if it must hold something else. */
  observe(page: ModelPage, seen: Content, isWritten: boolean): boolean {
    const content = contentOf(page);
    if (content.counter === seen.counter && content.stamp === seen.stamp) {
      if (isWritten) page.isLazy = false;
      return true;
    }
    return false;
  }

  /** The same for a page that MADV_FREE allows to have lost what it held before. */
  loseContent(page: ModelPage): void {
    page.content = { counter: 0, stamp: 0 };
    page.isLazy = false;
  }
}

export function contentOf(page: ModelPage): Content {
  if (page.shared === null) return page.content;
  const { segment, index } = page.shared;
  const content = segment.get(index) ?? { counter: 0, stamp: 0 };
  segment.set(index, content);
  return content;
}
