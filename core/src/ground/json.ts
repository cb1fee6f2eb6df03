/** What a job record and a stored setting may hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
