/** The sizes Spark makes, `<width>x<height>` in pixels, and what each costs in points (document 001, section 8). */
export const pointsBySize = {
  "512x512": 6,
  "640x360": 6,
  "640x480": 6,
  "640x640": 7,
  "680x512": 7,
  "512x680": 7,
  "768x768": 8,
  "720x1280": 12,
  "1280x720": 12,
  "1024x1024": 14,
} as const satisfies Record<string, number>;

export type SparkSize = keyof typeof pointsBySize;

/** The vendor's own default. */
export const defaultSize: SparkSize = "512x512";

export const sparkSizes = Object.keys(pointsBySize) as SparkSize[];

export function isSparkSize(size: string): size is SparkSize {
  return Object.hasOwn(pointsBySize, size);
}
