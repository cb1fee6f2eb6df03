/** Points a picture costs, by size: the ten sizes of the Spark document and no others. */
export const pointsBySize: Readonly<Record<string, number>> = {
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
};
