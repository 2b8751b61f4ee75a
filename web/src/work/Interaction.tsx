import { Classification } from "./Classification";
import { Demonstration } from "./Demonstration";
import { Freeform } from "./Freeform";
import type { InteractionProps } from "./interactions";
import { Pairwise } from "./Pairwise";
import { Ranking } from "./Ranking";
import { Rubric } from "./Rubric";
import { Spans } from "./Spans";

/** The template's own interaction. */
export function Interaction(props: InteractionProps) {
  switch (props.form.interaction) {
    case "pairwise":
      return <Pairwise {...props} />;
    case "ranking":
      return <Ranking {...props} />;
    case "rubric":
      return <Rubric {...props} />;
    case "demonstration":
      return <Demonstration {...props} />;
    case "classification":
      return <Classification {...props} />;
    case "freeform":
      return <Freeform {...props} />;
    case "spans":
      return <Spans {...props} />;
    default:
      return <Freeform {...props} />;
  }
}
