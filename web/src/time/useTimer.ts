import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { api, isProblem } from "../api/client";
import { queries } from "../app/queries";
import { useStale } from "../app/session";
import { alive, begin, nextTask, pause, seconds, tick, type Activity, type Order } from "./activity";

const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart", "scroll"] as const;
const SIGN_EVERY_MS = 1000;

/** The honest timer: it runs while somebody is active, beats every 30 s, and pauses after 90 s without a sign. */
export function useTimer(engagement: string, on: boolean, stopped: boolean): { seconds: number; running: boolean; moved: boolean; nextTask: () => void } {
  const client = useQueryClient();
  const stale = useStale();
  const activity = useRef<Activity | null>(null);
  const [shown, setShown] = useState({ seconds: 0, running: true });
  const [moved, setMoved] = useState(false);

  // A halt, or the end of the engagement, has stopped the timer already; telling it to stop would only be refused, and written down as refused.
  const needless = useRef(stopped);
  useLayoutEffect(() => {
    needless.current = stopped;
  });

  const tell = useCallback(
    (order: Order | null) => {
      if (order === null) return;
      // A beat that does not arrive is made good by the next; the server ends a timer at the last one it heard.
      api.moveTimer(engagement, order).then(
        (timer) => {
          client.setQueryData(queries.timer(engagement).queryKey, timer);
          if (order === "start") setMoved((timer.stopped_elsewhere?.timers ?? 0) > 0);
          // Started elsewhere meanwhile, or silent for too long: what is not counted is not shown as counted.
          if (order === "beat" && timer.state === "stopped" && activity.current !== null) activity.current = pause(activity.current, Date.now());
        },
        (error: unknown) => {
          if (isProblem(error, "halted", "ended")) stale();
        },
      );
    },
    [client, engagement, stale],
  );

  useEffect(() => {
    if (!on) return;
    const started = begin(Date.now());
    activity.current = started.next;
    tell(started.order);
    let last = 0;
    const sign = () => {
      const now = Date.now();
      if (activity.current === null || (now - last < SIGN_EVERY_MS && activity.current.running)) return;
      last = now;
      const step = alive(activity.current, now);
      activity.current = step.next;
      tell(step.order);
    };
    const clock = setInterval(() => {
      if (activity.current === null) return;
      const now = Date.now();
      const step = tick(activity.current, now);
      activity.current = step.next;
      tell(step.order);
      setShown({ seconds: seconds(step.next, now), running: step.next.running });
    }, 1000);
    for (const name of SIGNS) document.addEventListener(name, sign, { passive: true, capture: true });
    return () => {
      clearInterval(clock);
      for (const name of SIGNS) document.removeEventListener(name, sign, { capture: true });
      if (activity.current?.running && !needless.current) tell("stop");
      activity.current = activity.current === null ? null : pause(activity.current, Date.now());
    };
  }, [on, tell]);

  return {
    seconds: shown.seconds,
    running: on && shown.running,
    moved,
    nextTask: useCallback(() => {
      if (activity.current !== null) activity.current = nextTask(activity.current, Date.now());
      setShown((before) => ({ ...before, seconds: 0 }));
    }, []),
  };
}
