/** Errors as the kernel returns them: negative. */
export const EPERM = -1;
export const EINTR = -4;
export const EAGAIN = -11;
export const ENOMEM = -12;
export const EFAULT = -14;
export const EBUSY = -16;
export const EEXIST = -17;
export const EINVAL = -22;
export const ETIME = -62;
export const EOVERFLOW = -75;
