import type { FieldDescription } from "@toolcast/core/surface";

/** One input of a tool, and what is in it. */
export interface FieldProps {
  command: string;
  field: FieldDescription;
  value: unknown;
  /** What the server said about it. */
  problem: string | undefined;
  onChange: (value: unknown) => void;
}

/** `shared`: what every control has. */
export interface ControlProps extends FieldProps {
  shared: {
    id: string;
    name: string;
    "aria-describedby": string;
    "aria-invalid": boolean;
    "aria-required": boolean;
  };
}
