/**
 * Read what a strategy of this name wrote.
 *
 * @throws Error if the text is something else
 */
export function parseCheckpoint<State extends { readonly strategy: string }>(text: string, name: string): State {
  const state = JSON.parse(text) as State;
  if (state.strategy !== name) throw new Error(`this is no checkpoint of ${name}, but of ${state.strategy}`);
  return state;
}
