import { program, type Program } from "../../../../src/executor/explorer/program/program.ts";

/** Flanagan and Godefroid, POPL 2005; Abdulla et al., POPL 2014. */
export const ARRAYS: readonly (readonly [Program, number])[] = [
  [lastZero(5), 64],
  [lastZero(10), 3328],
  [indexer(11), 1],
  [indexer(12), 8],
  [fileSystem(14), 2],
  [fileSystem(16), 8],
  [fileSystem(18), 32],
  [fileSystem(19), 64],
  [eratosthenes(5), 398],
];

/** Thread j writes a[j] = a[j - 1] + 1; another one looks for the last zero. */
export function lastZero(size: number): Program {
  return program(`lastzero(${size})`, (p) => {
    const a = Array.from({ length: size + 1 }, (_, i) => p.word(`a${i}`));
    p.thread("scan", function* (t) {
      let i = size;
      while ((yield* a[i].read(t)) !== 0) i--;
    });
    for (let j = 1; j <= size; j++) {
      p.thread(`write${j}`, function* (t) {
        yield* a[j].write(t, (yield* a[j - 1].read(t)) + 1);
      });
    }
  });
}

/** Each thread inserts four numbers into a hash table by compare-and-swap; up to 11 threads do not meet. */
function indexer(threads: number): Program {
  const size = 128;
  return program(`indexer(${threads})`, (p) => {
    const table = Array.from({ length: size }, (_, i) => p.word(`table${i}`));
    for (let tid = 0; tid < threads; tid++) {
      p.thread(`insert${tid}`, function* (t) {
        for (let i = 1; i <= 4; i++) {
          const value = i * 11 + tid;
          let hash = (value * 7) % size;
          while (!(yield* table[hash].compareAndSwap(t, 0, value))) hash = (hash + 1) % size;
        }
      });
    }
  });
}

/** Each thread looks for a free block for its inode; up to 13 threads do not meet. */
function fileSystem(threads: number): Program {
  const blocks = 26;
  const inodes = 32;
  return program(`filesystem(${threads})`, (p) => {
    const inode = Array.from({ length: inodes }, (_, i) => ({ mutex: p.mutex(`locki${i}`), block: p.word(`inode${i}`) }));
    const block = Array.from({ length: blocks }, (_, i) => ({ mutex: p.mutex(`lockb${i}`), busy: p.word(`busy${i}`) }));
    for (let tid = 0; tid < threads; tid++) {
      p.thread(`create${tid}`, function* (t) {
        const mine = inode[tid % inodes];
        yield* mine.mutex.lock(t);
        for (let b = ((tid % inodes) * 2) % blocks; (yield* mine.block.read(t)) === 0; b = (b + 1) % blocks) {
          yield* block[b].mutex.lock(t);
          if ((yield* block[b].busy.read(t)) === 0) {
            yield* block[b].busy.write(t, 1);
            yield* mine.block.write(t, b + 1);
          }
          yield* block[b].mutex.unlock(t);
        }
        yield* mine.mutex.unlock(t);
      });
    }
  });
}

/** Two threads strike out multiples in the same array. */
function eratosthenes(size: number): Program {
  return program(`eratosthenes(${size})`, (p) => {
    const struck = Array.from({ length: size }, (_, i) => p.word(`n${i + 2}`));
    for (const name of ["one", "two"]) {
      p.thread(name, function* (t) {
        for (let i = 0; i < size; i++) {
          if ((yield* struck[i].read(t)) !== 0) continue;
          yield* struck[i].write(t, 1);
          for (let j = 2 * i + 2; j < size; j += i + 2) yield* struck[j].write(t, 2);
        }
      });
    }
  });
}
