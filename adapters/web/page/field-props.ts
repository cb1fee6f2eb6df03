import type { FieldDescription } from "@toolcast/core/surface";

/** One input of a tool, and its value. */
export interface FieldProps {
  command: string;
  field: FieldDescription;
  value: unknown;
  /** The server's error about it. */
  problem: string | undefined;
  onChange: (value: unknown) => void;
}

/** `shared`: the attributes of every control. */
export interface ControlProps extends FieldProps {
  shared: {
    id: string;
    name: string;
    "aria-describedby": string;
    "aria-invalid": boolean;
    "aria-required": boolean;
  };
}
