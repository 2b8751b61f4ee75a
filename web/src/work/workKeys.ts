import type { KeyList } from "../ui/KeysPanel";

export const KEYS: KeyList = [
  [["1", "…", "9"], "choose"],
  [["R"], "go to the text"],
  [["D"], "differences on or off"],
  [["[", "]"], "step through differences"],
  [["Alt", "↑", "↓"], "move a criterion"],
  [["G"], "guideline"],
  [["S"], "skip this task"],
  [["Ctrl", "↵"], "submit, then the next task"],
];
