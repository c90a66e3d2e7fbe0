import { init, read, readAddr } from "../../../machine/access.ts";
import type { Layout } from "../../../machine/layout.ts";
import { GFP_KERNEL, Slab } from "../../../machine/slab.ts";
import type { Run } from "../../../machine/step.ts";
import { containerOf, embedded, NULL, struct, u32, type Ptr } from "../../../machine/struct.ts";
import type { Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import { hlistAddHead, hlistDel, hlistEmpty, hlistFirst, hlistNext, HlistNode } from "../../../kernel/hlist.ts";
import { Mutex, mutexLock, mutexUnlock } from "../../../kernel/locking/mutex.ts";
import { downRead, upRead } from "../../../kernel/locking/rwsem.ts";
import { mmuIntervalNotifierRemove } from "../../../kernel/mmu_notifier/interval.ts";
import { flushAll } from "../../parts/flush_all.ts";
import { gpuPtZap } from "../../parts/gpu_page_table.ts";
import { TlbInvalFence } from "../../parts/tlb_inval_fence.ts";
import { forEachChunk, takeAnyChunk } from "./chunk.ts";
import { CHUNK_SIZE, hwOf, SvmChunk, SvmVm, watcherOf, type Svm } from "./svm.ts";
import { closeVm, openVm } from "./vm.ts";

/** A process that is watched once for all GPUs that work in it. */
export const SvmProcess = struct("svm_process", {
  /** Has the chunks and the locks, but no GPU: its notifierLock is the one user lock of all of them. */
  watcher: SvmVm,
  node: HlistNode,
  /** Its GPUs. Changed and walked under the user lock. */
  members: u32,
});

/** A GPU in a process. */
export const SvmMember = struct("svm_member", {
  vm: u32,
  node: HlistNode,
  /** Used under the user lock, from sending to waiting. */
  flush: TlbInvalFence,
  isFlushing: u32,
});

const SvmProcessList = struct("svm_process_list", {
  /** Covers opening and closing. Outside of all others, never taken in a callback. */
  lock: Mutex,
  first: u32,
});

/** All processes of a driver: addresses, no state. */
export class Processes {
  readonly svm: Svm;
  readonly list: Ptr<"svm_process_list">;
  readonly slab: Slab<"svm_process">;
  readonly members: Slab<"svm_member">;

  constructor(layout: Layout, svm: Svm) {
    this.svm = svm;
    this.list = layout.place(SvmProcessList, "svm_process_list");
    this.slab = new Slab(layout, SvmProcess, svm.vms.capacity);
    this.members = new Slab(layout, SvmMember, svm.vms.capacity);
  }

  powerOn(words: Int32Array): void {
    this.slab.powerOn(words);
    this.members.powerOn(words);
  }
}

export function processOf(watcher: Ptr<"svm_vm">): Ptr<"svm_process"> {
  return containerOf(watcher, SvmProcess.watcher);
}

/** Let `gpu` work in `mm`, in the process that watches it: its VM, or NULL if out of memory. */
export function* joinProcess(current: Current, processes: Processes, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"svm_vm">> {
  const { svm, list, members } = processes;
  yield* mutexLock(current, embedded(list, SvmProcessList.lock));
  const process = yield* findOrAddProcess(current, processes, mm);
  const member = process === NULL ? NULL : yield* members.alloc(current, GFP_KERNEL);
  const vm = member === NULL ? NULL : yield* openVm(current, svm, gpu, mm, embedded(process, SvmProcess.watcher));
  if (vm !== NULL) yield* addMember(current, process, member, vm);
  else if (member !== NULL) yield* members.free(current, member);
  if (vm === NULL && process !== NULL) yield* endIfEmpty(current, processes, process);
  yield* mutexUnlock(current, embedded(list, SvmProcessList.lock));
  return vm;
}

/** The end of a GPU's VM, and with the last of them of the process. */
export function* leaveProcess(current: Current, processes: Processes, vm: Ptr<"svm_vm">): Run<void> {
  const { svm, list, members } = processes;
  const watcher = watcherOf(current, vm);
  yield* mutexLock(current, embedded(list, SvmProcessList.lock));
  yield* downRead(current, embedded(watcher, SvmVm.lock));
  yield* mutexLock(current, embedded(watcher, SvmVm.notifierLock));
  yield* zapAll(current, svm, vm, watcher); // all under the user lock, as in closeVm (RULES 21)
  yield* members.free(current, yield* removeMember(current, processOf(watcher), vm));
  yield* mutexUnlock(current, embedded(watcher, SvmVm.notifierLock));
  yield* upRead(current, embedded(watcher, SvmVm.lock));
  yield* closeVm(current, svm, vm);
  yield* endIfEmpty(current, processes, processOf(watcher));
  yield* mutexUnlock(current, embedded(list, SvmProcessList.lock));
}

function* findOrAddProcess(current: Current, { list, slab }: Processes, mm: Ptr<"mm_struct">): Run<Ptr<"svm_process">> {
  for (let node = yield* hlistFirst(current, list, SvmProcessList.first); node !== NULL; node = yield* hlistNext(current, node)) {
    const process = containerOf(node, SvmProcess.node);
    if ((yield* read(current, embedded(process, SvmProcess.watcher), SvmVm.mm)) === mm) return process;
  }
  const process = yield* slab.alloc(current, GFP_KERNEL);
  if (process === NULL) return NULL;
  init(current, embedded(process, SvmProcess.watcher), SvmVm.mm, mm); // its members keep the mm
  yield* hlistAddHead(current, list, SvmProcessList.first, embedded(process, SvmProcess.node));
  return process;
}

/** Its notifiers go with it: no GPU has a translation any more. */
function* endIfEmpty(current: Current, { svm, slab }: Processes, process: Ptr<"svm_process">): Run<void> {
  if (!(yield* hlistEmpty(current, process, SvmProcess.members))) return;
  for (;;) {
    const chunk = yield* takeAnyChunk(current, embedded(process, SvmProcess.watcher));
    if (chunk === NULL) break;
    yield* mmuIntervalNotifierRemove(current, embedded(chunk, SvmChunk.notifier));
    yield* svm.chunks.free(current, chunk);
  }
  yield* hlistDel(current, embedded(process, SvmProcess.node));
  yield* slab.free(current, process);
}

function* addMember(current: Current, process: Ptr<"svm_process">, member: Ptr<"svm_member">, vm: Ptr<"svm_vm">): Run<void> {
  const lock = embedded(embedded(process, SvmProcess.watcher), SvmVm.notifierLock);
  init(current, member, SvmMember.vm, vm);
  yield* mutexLock(current, lock);
  yield* hlistAddHead(current, process, SvmProcess.members, embedded(member, SvmMember.node));
  yield* mutexUnlock(current, lock);
}

/** The member that `vm` is, taken off the list. Under the user lock. */
function* removeMember(current: Current, process: Ptr<"svm_process">, vm: Ptr<"svm_vm">): Run<Ptr<"svm_member">> {
  let member = yield* firstMember(current, process);
  while ((yield* read(current, member, SvmMember.vm)) !== vm) member = yield* nextMember(current, member);
  yield* hlistDel(current, embedded(member, SvmMember.node));
  return member;
}

export function* firstMember(current: Current, process: Ptr<"svm_process">): Run<Ptr<"svm_member">> {
  return memberOf(yield* hlistFirst(current, process, SvmProcess.members));
}

export function* nextMember(current: Current, member: Ptr<"svm_member">): Run<Ptr<"svm_member">> {
  return memberOf(yield* hlistNext(current, embedded(member, SvmMember.node)));
}

function memberOf(node: Ptr<"hlist_node">): Ptr<"svm_member"> {
  return node === NULL ? NULL : containerOf(node, SvmMember.node);
}

/** Take all translations away from one GPU. Under both locks of the watcher. */
function* zapAll(current: Current, svm: Svm, vm: Ptr<"svm_vm">, watcher: Ptr<"svm_vm">): Run<void> {
  let zapped = false;
  yield* forEachChunk(current, watcher, function* (chunk) {
    const start = yield* readAddr(current, chunk, SvmChunk.start);
    if (yield* gpuPtZap(current, svm.gpuOf(current, vm), hwOf(vm), start, start + CHUNK_SIZE)) zapped = true;
  });
  if (zapped) yield* flushAll(current, svm, vm);
}
