import { describe, expect, it } from "vitest";
import { Layout } from "../../src/machine/layout.ts";
import { array, containerOf, element, embedded, fieldName, struct, u32, u64, Word } from "../../src/machine/struct.ts";

const Inner = struct("inner", { a: u32, lastByte: u64 });
const Outer = struct("outer", { first: u32, innerPart: Inner, slots: array(Word, 3), parts: array(Inner, 2) });

describe("struct", () => {
  it("gives every field its offset", () => {
    expect([Outer.first, Outer.innerPart, Outer.slots, Outer.parts, Outer.words]).toEqual([0, 1, 4, 7, 13]);
  });

  it("refuses a field whose name it needs itself", () => {
    expect(() => struct("bad", { words: u32 })).toThrow('struct bad: a field cannot be called "words"');
  });

  it("finds the way into a structure and out again", () => {
    const layout = new Layout();
    const outer = layout.place(Outer, "outer");
    const inner = embedded(outer, Outer.innerPart);
    expect(inner).toBe(outer + 1);
    expect(containerOf(inner, Outer.innerPart)).toBe(outer);
    expect(element(outer, Outer.parts, Inner, 1)).toBe(outer + 10);
  });

  it("names every word as the kernel would", () => {
    expect(Array.from({ length: Outer.words }, (_, offset) => fieldName(Outer, offset))).toEqual([
      "first",
      "inner_part.a",
      "inner_part.last_byte",
      "inner_part.last_byte.hi",
      "slots[0]",
      "slots[1]",
      "slots[2]",
      "parts[0].a",
      "parts[0].last_byte",
      "parts[0].last_byte.hi",
      "parts[1].a",
      "parts[1].last_byte",
      "parts[1].last_byte.hi",
    ]);
  });
});

describe("Layout", () => {
  it("names words by object and field, and never gives an address away bare", () => {
    const layout = new Layout();
    const one = layout.place(Outer, "gpu0");
    const many = layout.place(Inner, "sub#", 3);
    const word = layout.place(Word, "abort");
    expect(layout.nameOf(one + 4)).toBe("gpu0.slots[0]");
    expect(layout.nameOf(many + Inner.words * 2)).toBe("sub#2.a");
    expect(layout.nameOf(word)).toBe("abort");
    expect(layout.nameOf(0)).toBe("NULL");
    expect(layout.nameOf(layout.words)).toBe(`words[${layout.words}]`);
  });

  it("names the outermost structure that begins at an address", () => {
    const layout = new Layout();
    const one = layout.place(Outer, "gpu0.part");
    const many = layout.place(Inner, "sub#", 3);
    expect(layout.nameOfObject(one)).toBe("gpu0.part");
    expect(layout.nameOfObject(one + Outer.innerPart)).toBe("gpu0.part.inner_part");
    expect(layout.nameOfObject(element(one, Outer.parts, Inner, 1))).toBe("gpu0.part.parts[1]");
    expect(layout.nameOfObject(one + Outer.slots + 2)).toBe("gpu0.part.slots[2]");
    expect(layout.nameOfObject(one + Outer.innerPart + Inner.lastByte)).toBe("gpu0.part.inner_part.last_byte");
    expect(layout.nameOfObject(many + Inner.words)).toBe("sub#1");
    expect(layout.nameOfObject(0)).toBe("NULL");
  });

  it("refuses what cannot be addressed", () => {
    expect(() => new Layout().place(Inner, "too many", 2 ** 26)).toThrow(/^shared memory: too many ends at/);
  });
});
