/** What a criterion may be judged as, with the keys that say so. */
export const VERDICTS = [
  { value: "met", label: "Met", key: "1" },
  { value: "not_met", label: "Not met", key: "2" },
  { value: "unclear", label: "Unclear", key: "3" },
];
