import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Offer } from "../api/contract";
import { queries } from "../app/queries";
import { plural } from "../ui/format";
import { Glyph } from "../ui/Glyphs";
import { Panel } from "../ui/Panel";
import classes from "./Offers.module.css";
import { offerTitle } from "./words";

/** Open work that fits, with the reasons why. Whose it is stands nowhere: an operator engages whoever takes it. */
export function Offers() {
  const offers = useQuery(queries.offers);
  const items = offers.data?.items ?? [];
  return (
    <div className={classes["offers"]}>
      <h2 className="h3">Open work that fits you</h2>
      {offers.data === undefined && <p className="i2">{offers.error === null ? "Looking for it." : "It could not be looked for: the server does not answer. This page asks again by itself."}</p>}
      {offers.data !== undefined && items.length === 0 && <p className="i2">None is open that fits what you can do. When some is, it stands here.</p>}
      {items.length > 0 && <OfferList items={items} />}
    </div>
  );
}

/** The same on the first page of the day; nothing, where there is none. */
export function OffersPanel() {
  const items = useQuery(queries.offers).data?.items ?? [];
  if (items.length === 0) return null;
  return <Panel title="Open work that fits you" note="while some of yours stands still"><div className={classes["panel"]}><OfferList items={items} /></div></Panel>;
}

function OfferList({ items }: { items: Offer[] }) {
  return (
    <>
      <ul className={classes["list"]}>{items.map((offer) => <OfferCard key={offer.project} offer={offer} />)}</ul>
      <p className="m sm">Your operator engages you; until then nothing changes, and your hours stand.</p>
    </>
  );
}

function OfferCard({ offer }: { offer: Offer }) {
  const title = offerTitle(offer);
  return (
    <li className={classes["card"]}>
      <p><b>{title}</b>{offer.hours > 0 && <span className="m"> about {plural(offer.hours, "hour")} a week</span>}</p>
      <ul className={classes["reasons"]}>{offer.reasons.map((reason) => <li key={reason}><Glyph name="ok" /> {reason}</li>)}</ul>
      <CopyWish text={`I would take “${title}” (${offer.project}).`} title={title} />
    </li>
  );
}

/** One click: what to tell the operator, ready to be pasted wherever they are reached. */
function CopyWish({ text, title }: { text: string; title: string }) {
  const [copied, setCopied] = useState<"yes" | "no" | null>(null);
  useEffect(() => {
    if (copied === null) return;
    const timer = setTimeout(() => setCopied(null), 6000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    const asked = navigator.clipboard?.writeText(text);
    if (asked === undefined) setCopied("no");
    else void asked.then(() => setCopied("yes"), () => setCopied("no"));
  };
  return (
    <div className={classes["wish"]}>
      <Button onClick={copy} aria-label={`I would take it: copy for my operator, ${title}`}>I would take it: copy for my operator</Button>
      <span role="status" className="sm i2">{copied === "yes" ? "Copied. Paste it to your operator." : copied === "no" ? `It could not be copied. Tell your operator: ${text}` : ""}</span>
    </div>
  );
}
