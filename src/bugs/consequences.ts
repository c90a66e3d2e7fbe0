/**
 * What follows when a GPU goes on with a page that was taken from the process: an oracle sees its translation or its access; what
 * it writes is lost; or its access and that of the page's next user are seen as a race, since only the flush would have ordered
 * them.
 */
export const STALE_PAGE: readonly string[] = ["join", "stale-access", "lost-data", "data-race frame.entries[]"];
