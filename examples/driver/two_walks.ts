import { startEndCore, Svm, SvmDriver, waitForLatest, zapAndSend, type DriverFactory } from "shootdown";

/** The notifier core that the driver is written for: it walks over the notifiers once more, to end what it began. */
export const passes = startEndCore;

export const driver: DriverFactory = (_options, layout, kernel, gpus) => {
  const svm = new Svm(layout, kernel, gpus);
  return new SvmDriver("two-walks", svm, {
    invalidateBegin: (current, notifier, range, curSeq) => zapAndSend(current, svm, notifier, range, curSeq),
    invalidateEnd: (current, notifier, range) => waitForLatest(current, svm, notifier, range),
  });
};
