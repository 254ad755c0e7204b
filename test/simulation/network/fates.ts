/** The fates of one request on its way. `late`: it has its effect after the client has given up. */
export const fates = [
  "answered",
  "refused",
  "reset-before",
  "applied-then-reset",
  "applied-then-500",
  "503",
  "429",
  "slow",
  "late",
  "hang",
  "applied-then-hang",
  "html",
  "html-502",
  "applied-then-empty",
  "redirect",
] as const;

export type Fate = (typeof fates)[number];
