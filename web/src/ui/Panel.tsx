import type { ReactNode } from "react";
import classes from "./Panel.module.css";

export function Panel({ title, note, aside, children, id, inverse, level = 2 }: { title: ReactNode; note?: ReactNode; aside?: ReactNode; children: ReactNode; id?: string; inverse?: boolean; level?: 2 | 3 }) {
  const Title = level === 2 ? "h2" : "h3";
  return (
    <section className={classes["panel"]} id={id} data-inverse={inverse || undefined}>
      <div className={classes["head"]}>
        <Title className={classes["title"]}>{title}</Title>
        {note !== undefined && <span className="m sm">{note}</span>}
        <span className="grow" />
        {aside}
      </div>
      {children}
    </section>
  );
}

/** What stands where nothing is: what will be here, and what makes it appear. */
export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={classes["empty"]}>
      <p><b>{title}</b></p>
      <div className="i2">{children}</div>
    </div>
  );
}

/** An error in its place: what happened, to what, what to do next, what is safe. */
export function Trouble({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={classes["trouble"]} role="alert">
      <p><b>{title}</b></p>
      {children !== undefined && <div className="i2">{children}</div>}
    </div>
  );
}
