import { seededRandom } from "./seeded-random.ts";

interface Palette {
  sky: [string, string, string];
  sun: string;
  /** From the farthest ridge to the nearest. */
  ridges: [string, string, string, string];
  peak: string;
}

const palettes: Palette[] = [
  {
    sky: ["#1f2a5c", "#b5577a", "#ffc06a"],
    sun: "#ffe9b8",
    ridges: ["#8a5a83", "#5c3f72", "#38295a", "#1c1838"],
    peak: "#ffb347",
  },
  {
    sky: ["#0d3b66", "#3f8fb5", "#f6e3b4"],
    sun: "#fff6d6",
    ridges: ["#6d97ab", "#3f6f88", "#234d66", "#102a3d"],
    peak: "#fdf3dc",
  },
  {
    sky: ["#2b1b4d", "#7d4b9c", "#f2a7b5"],
    sun: "#ffe3e8",
    ridges: ["#8f6aa8", "#634583", "#402c60", "#211638"],
    peak: "#ffd0d8",
  },
  {
    sky: ["#123c3b", "#3f9a82", "#f4e6a5"],
    sun: "#fffbd6",
    ridges: ["#6ba58d", "#3d7c69", "#22564b", "#10302c"],
    peak: "#f7f2d0",
  },
  {
    sky: ["#3a1c32", "#c2483d", "#ffb562"],
    sun: "#fff0c2",
    ridges: ["#a1524f", "#70353f", "#472332", "#23121e"],
    peak: "#ffc15e",
  },
];

/** SVG of a sunrise over mountains, always the same for the same `seed`. */
export function paintScenery(seed: string, width: number, height: number): string {
  const random = seededRandom(seed);
  const palette = palettes[Math.floor(random() * palettes.length)]!;
  const sunX = width * (0.25 + random() * 0.5);
  const sunY = height * (0.24 + random() * 0.1);
  const sunRadius = Math.min(width, height) * 0.075;
  const ridges = palette.ridges.map((color, index) => {
    const points = ridgeLine(random, {
      width,
      base: height * (0.46 + index * 0.12),
      height: height * (0.26 - index * 0.045),
      steps: 6,
    });
    const outline = points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join(" L");
    // The farthest ridge catches the first light: bright at its top, its own colour below.
    const top = Math.min(...points.map(([, y]) => y));
    const light = `<defs><linearGradient id="light" gradientUnits="userSpaceOnUse" x1="0" x2="0" y1="${top}" y2="${top + height * 0.24}"><stop offset="0.1" stop-color="${palette.peak}"/><stop offset="1" stop-color="${color}"/></linearGradient></defs>`;
    const fill = index === 0 ? "url(#light)" : color;
    return `${index === 0 ? light : ""}<path d="M${outline} L${width} ${height} L0 ${height} Z" fill="${fill}"/>`;
  });
  const stars = Array.from({ length: 36 }, () => {
    const [x, y, radius] = [random() * width, random() * height * 0.3, 0.4 + random() * 1.1];
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius.toFixed(2)}" fill="#fff" fill-opacity="${(0.2 + random() * 0.5).toFixed(2)}"/>`;
  });
  const clouds = Array.from({ length: 4 }, () => {
    const [x, y, span] = [random() * width, height * (0.14 + random() * 0.26), width * (0.08 + random() * 0.14)];
    return `<ellipse cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" rx="${span.toFixed(1)}" ry="${(span * 0.055).toFixed(1)}" fill="#fff" fill-opacity="0.22"/>`;
  });
  return [
    `<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="${palette.sky[0]}"/>`,
    `<stop offset="0.4" stop-color="${palette.sky[1]}"/><stop offset="0.75" stop-color="${palette.sky[2]}"/></linearGradient>`,
    `<radialGradient id="glow"><stop stop-color="${palette.sun}" stop-opacity="0.85"/><stop offset="1" stop-color="${palette.sun}" stop-opacity="0"/></radialGradient></defs>`,
    `<rect width="${width}" height="${height}" fill="url(#sky)"/>`,
    ...stars,
    `<circle cx="${sunX}" cy="${sunY}" r="${sunRadius * 4}" fill="url(#glow)"/>`,
    `<circle cx="${sunX}" cy="${sunY}" r="${sunRadius}" fill="${palette.sun}"/>`,
    ...clouds,
    ...ridges,
  ].join("");
}

/** Midpoint displacement from the left edge to the right one. */
function ridgeLine(
  random: () => number,
  shape: { width: number; base: number; height: number; steps: number },
): [number, number][] {
  let heights = [random() * 0.6, 0.5 + random() * 0.5, random() * 0.5, 0.45 + random() * 0.5, random() * 0.6];
  let roughness = 0.22;
  for (let step = 0; step < shape.steps; step += 1) {
    heights = heights.flatMap((height, index) => {
      const next = heights[index + 1];
      return next === undefined ? [height] : [height, (height + next) / 2 + (random() - 0.5) * roughness];
    });
    roughness *= 0.52;
  }
  return heights.map((height, index) => [
    (index / (heights.length - 1)) * shape.width,
    shape.base - height * shape.height,
  ]);
}
