import type { Guideline } from "../api/contract";
import { Markdown } from "../text/Markdown";
import classes from "./Guidelines.module.css";

export function Guidelines({ guideline }: { guideline: Guideline }) {
  const text = guideline.markdown ?? "";
  const written = text.trim() !== "";
  return (
    <div className={classes["guideline"]}>
      <p className="sm m">{written ? `Guideline, version ${guideline.version}` : "Guideline"}</p>
      {written ? <Markdown source={text} baseLevel={2} /> : <p className="i2">The lab has written no guideline yet. The labels of the fields say what is asked for.</p>}
    </div>
  );
}
