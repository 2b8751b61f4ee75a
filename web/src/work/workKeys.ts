import type { KeyList } from "../ui/KeysPanel";
import type { Form } from "./form";

const DIFFERENCES: KeyList = [
  [["D"], "differences on or off"],
  [["[", "]"], "step through differences"],
];
const TEXT: KeyList = [[["R"], "go to the text"]];

const OWN: Partial<Record<Form["interaction"], KeyList>> = {
  ranking: [
    [["1", "…", "9"], "put that response next in the order"],
    [["="], "the next one shares the rank of the last"],
    [["⌫"], "take the last step back"],
    [["Alt", "↑", "↓"], "move a response in the order"],
    [["←", "→"], "go to the response beside"],
    ...DIFFERENCES,
    ...TEXT,
  ],
  classification: [
    [["1", "…", "9"], "a label on or off, where there are few"],
    [["/"], "search the labels, where there are many"],
    [["↑", "↓", "↵"], "go through them, and choose"],
    ...TEXT,
  ],
  spans: [
    [["T"], "go to the text"],
    [["←", "→", "↑", "↓"], "move in it; Ctrl or Alt by word"],
    [["Shift", "←", "→"], "select a passage"],
    [["1", "…", "9"], "mark it with that label"],
    [["Del"], "remove the passage under the caret"],
    [["L"], "go to the list of passages"],
    [["N"], "nothing to mark"],
    [["Esc"], "leave the text"],
    [["R"], "go to the summary"],
  ],
  rubric: [[["1", "2", "3"], "judge a criterion"], [["Alt", "↑", "↓"], "move a criterion"], [["R"], "go to the first criterion"]],
  pairwise: [[["1", "…", "9"], "choose"], ...DIFFERENCES, ...TEXT],
};

/** The keys of the workbench, those of the template's own interaction first. */
export function keysOf(interaction: Form["interaction"] | undefined): KeyList {
  const own = interaction === undefined ? undefined : OWN[interaction];
  return [
    ...(own ?? [[["1", "…", "9"], "choose"], ...TEXT]),
    [["G"], "guideline"],
    [["Q"], "questions: asked, answered, and yours"],
    [["S"], "skip this task"],
    [["Ctrl", "↵"], "submit, then the next task"],
  ];
}
