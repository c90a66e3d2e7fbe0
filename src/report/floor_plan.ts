/** A house of rooms: what stands in each, and which rooms each one uses. */
export interface FloorPlan {
  readonly rooms: readonly PlannedRoom[];
}

export interface PlannedRoom {
  readonly name: string;
  /** Rooms within it, by name: `explorer: engine, replay`, or just `parts`. */
  readonly inner: readonly string[];
  /** Rooms that it uses. */
  readonly uses: readonly string[];
}

const BOX_WIDTH = 168;
const LINE = 16;
const PADDING = 10;
const GAP = 24;
const FLOOR_GAP = 44;
/** Letters of a line in a box. */
const LETTERS = 23;

const STYLE =
  "text{font:12px sans-serif;fill:#333}.name{font-weight:bold}.room{fill:#e8f2f9;stroke:#1f83c4}" +
  ".use{fill:none;stroke:#888}.head{fill:#888}" +
  "@media(prefers-color-scheme:dark){text{fill:#ddd}.room{fill:#12303f}}";

/** A room that has found its place, in pixels. */
interface Placed {
  readonly room: PlannedRoom;
  readonly lines: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/**
 * The plan as one SVG file: each room stands above all that it uses, and an arrow leads to what it uses, unless others lead there
 * by way of a room between. The same plan gives the same bytes.
 */
export function renderFloorPlan({ rooms }: FloorPlan): string {
  const floors = floorsOf(rooms);
  const width = Math.max(...floors.map((floor) => floor.length)) * (BOX_WIDTH + GAP) + GAP;
  const placed = new Map<string, Placed>();
  let y = GAP;
  for (const floor of floors) {
    const left = (width - floor.length * (BOX_WIDTH + GAP) + GAP) / 2;
    for (const [index, room] of floor.entries()) {
      const lines = linesOf(room);
      placed.set(room.name, { room, lines, x: left + index * (BOX_WIDTH + GAP), y, height: (lines.length + 1) * LINE + PADDING });
    }
    y += Math.max(...floor.map(({ name }) => placed.get(name)!.height)) + FLOOR_GAP;
  }
  const arrows = [...placed.values()].flatMap((from) => nearest(from.room, rooms).map((to) => arrow(from, placed.get(to)!)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}">
<style>${STYLE}</style>
<defs>
<marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">
<path class="head" d="M0 0L8 4L0 8z"/>
</marker>
</defs>
${[...arrows, ...[...placed.values()].map(box)].join("\n")}
</svg>
`;
}

/** From the top: each room as low as what it uses allows, but right below the lowest that uses it. */
function floorsOf(rooms: readonly PlannedRoom[]): PlannedRoom[][] {
  const byName = new Map(rooms.map((room) => [room.name, room]));
  const heights = new Map<string, number>();
  const heightOf = (name: string): number => {
    if (!heights.has(name)) heights.set(name, 1 + Math.max(-1, ...byName.get(name)!.uses.map(heightOf)));
    return heights.get(name)!;
  };
  const top = Math.max(...rooms.map(({ name }) => heightOf(name)));
  const users = (name: string) => rooms.filter(({ uses }) => uses.includes(name));
  const floorOf = (room: PlannedRoom) => {
    const above = users(room.name).map((user) => heightOf(user.name));
    return room.uses.length === 0 && above.length > 0 ? Math.min(...above) - 1 : heightOf(room.name);
  };
  return Array.from({ length: top + 1 }, (_, index) => rooms.filter((room) => floorOf(room) === top - index)).filter(
    (floor) => floor.length > 0,
  );
}

/** Of the rooms that one uses, those that no other of them uses, directly or not. */
function nearest(room: PlannedRoom, rooms: readonly PlannedRoom[]): string[] {
  const byName = new Map(rooms.map((each) => [each.name, each]));
  const beyond = new Set<string>();
  const visit = (name: string): void => {
    for (const used of byName.get(name)!.uses) {
      if (beyond.has(used)) continue;
      beyond.add(used);
      visit(used);
    }
  };
  for (const used of room.uses) visit(used);
  return room.uses.filter((used) => !beyond.has(used));
}

function linesOf({ inner }: PlannedRoom): string[] {
  const lines: string[] = [];
  for (const word of inner.join(" · ").split(" ")) {
    const last = lines.at(-1);
    if (word === "") continue;
    if (last !== undefined && last.length + word.length < LETTERS) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function box({ room, lines, x, y, height }: Placed): string {
  const text = (line: string, index: number, kind = "") =>
    `<text${kind} x="${x + PADDING}" y="${y + LINE * (index + 1) + 2}">${line}</text>`;
  return [
    `<rect class="room" x="${x}" y="${y}" width="${BOX_WIDTH}" height="${height}" rx="4"/>`,
    text(room.name, 0, ' class="name"'),
    ...lines.map((line, index) => text(line, index + 1)),
  ].join("");
}

function arrow(from: Placed, to: Placed): string {
  const [x1, y1, x2, y2] = [from.x + BOX_WIDTH / 2, from.y + from.height, to.x + BOX_WIDTH / 2, to.y];
  const bend = (y2 - y1) / 2;
  return `<path class="use" d="M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}" marker-end="url(#head)"/>`;
}
