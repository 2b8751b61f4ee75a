import { useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent } from "react";

/** Opens the questions for who comes from a notice of an answer, also where the page is there already. The hash is taken away, so that the same link opens them again. */
export function useQuestionsLink(open: () => void): void {
  const wanted = useLocation({ select: (at) => at.hash }) === "questions";
  const navigate = useNavigate();
  const follow = useEffectEvent(() => {
    open();
    void navigate({ to: ".", search: true, hash: "", replace: true, resetScroll: false });
  });
  useEffect(() => {
    if (wanted) follow();
  }, [wanted]);
}
