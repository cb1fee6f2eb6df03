/** Line drawings of one weight; decorative, so hidden from screen readers: their buttons have names. */
const paths = {
  send: "M5 12h13M12.5 6.5 18 12l-5.5 5.5",
  attach:
    "M19 11.5 12 18.4a4.4 4.4 0 0 1-6.2-6.2l7-7a3 3 0 0 1 4.200 4.200l-6.900 6.900a1.400 1.400 0 0 1-2-2l6.200-6.200",
  close: "M6 6l12 12M18 6 6 18",
  jobs: "M5 7h14M5 12h14M5 17h9",
  plus: "M12 5v14M5 12h14",
  form: "M5 5h14v14H5zM8.500 9.500h7M8.500 14.500h4",
  copy: "M9 9h10v10H9zM5 15V5h10",
  check: "M5 12.500 10 17.500 19 7",
  lock: "M7 11h10v8H7zM9 11V8.500a3 3 0 0 1 6 0V11",
  download: "M12 4v11M7 10.500l5 5 5-5M5 20h14",
  alert: "M12 4 3 19.500h18zM12 10v4.500M12 17v.5",
  question:
    "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM9.8 9.6a2.300 2.300 0 1 1 3.400 2.100c-.8.5-1.200.9-1.200 1.800M12 16.300v.4",
  info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5M12 7.8v.4",
  file: "M7 4h7l4 4v12H7zM14 4v4h4",
  gallery: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9v.5",
  search: "M10.500 4.500a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5",
  gauge: "M4.500 18a8.500 8.500 0 1 1 15 0M12 14l3.500-4.500M4.500 18h15",
  microphone:
    "M12 4a2.500 2.500 0 0 1 2.500 2.500v5a2.500 2.500 0 0 1-5 0v-5A2.500 2.500 0 0 1 12 4zM6.500 11.500a5.500 5.500 0 0 0 11 0M12 17v3.500",
  stop: "M7 7h10v10H7z",
  phone: "M8 3.500h8v17H8zM11.500 17.500h1",
  play: "M8 5.500v13l10.500-6.500z",
  pencil: "M5 19l1-4L16 5l3 3L9 18zM13.500 7.500l3 3",
  bin: "M5 7h14M9.500 7V4.500h5V7M7 7l1 13h8l1-13M10.500 11v5M13.500 11v5",
  chevron: "M7 10l5 5 5-5",
  link: "M10 14a4 4 0 0 0 5.700 0l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1",
  bell: "M7 16v-5a5 5 0 0 1 10 0v5l1.500 1.500h-13zM10.500 19.500a1.500 1.500 0 0 0 3 0M12 4v2",
  bolt: "M13 3 6 13.500h5L10.500 21 18 10.500h-5z",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect class="mark-ground" width="32" height="32" rx="8" />
      <circle class="mark-sun" cx="20.5" cy="11" r="4.5" />
      <path class="mark-mountain" d="M4 25 12.5 12l5 7.5 2.5-3.5L28 25z" />
    </svg>
  );
}
