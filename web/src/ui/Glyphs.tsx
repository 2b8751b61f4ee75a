/** The drawn states, once per page; `Glyph` refers to them. */
export function GlyphSheet() {
  return (
    <svg width="0" height="0" aria-hidden="true" style={{ position: "absolute" }}>
      <symbol id="g-halt" viewBox="0 0 12 12"><rect x="2" y="2" width="8" height="8" fill="currentColor" /></symbol>
      <symbol id="g-part" viewBox="0 0 12 12">
        <rect x="2" y="2" width="8" height="8" fill="none" stroke="currentColor" strokeWidth="1.4" />
        <path d="M2 10L10 2V10z" fill="currentColor" />
      </symbol>
      <symbol id="g-run" viewBox="0 0 12 12"><path d="M3 1.8L10 6L3 10.2z" fill="currentColor" /></symbol>
      <symbol id="g-ok" viewBox="0 0 12 12"><path d="M2 6.5L4.8 9.2L10 3" fill="none" stroke="currentColor" strokeWidth="1.8" /></symbol>
      <symbol id="g-none" viewBox="0 0 12 12"><path d="M2 6H10" stroke="currentColor" strokeWidth="1.4" /></symbol>
      <symbol id="g-cross" viewBox="0 0 12 12"><path d="M2.5 2.5L9.5 9.5M9.5 2.5L2.5 9.5" stroke="currentColor" strokeWidth="1.8" /></symbol>
      <symbol id="g-clock" viewBox="0 0 12 12">
        <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" strokeWidth="1.3" />
        <path d="M6 3.2V6.2H8.2" fill="none" stroke="currentColor" strokeWidth="1.3" />
      </symbol>
      <symbol id="g-unknown" viewBox="0 0 12 12">
        <path d="M3.2 4.2C3.2 2.4 4.4 1.4 6 1.4s2.8 1 2.8 2.6C8.8 5.9 6 5.8 6 8" fill="none" stroke="currentColor" strokeWidth="1.8" />
        <circle cx="6" cy="10.4" r="1.2" fill="currentColor" />
      </symbol>
      <symbol id="g-dots" viewBox="0 0 12 12">
        <circle cx="2" cy="6" r="1.2" fill="currentColor" /><circle cx="6" cy="6" r="1.2" fill="currentColor" /><circle cx="10" cy="6" r="1.2" fill="currentColor" />
      </symbol>
      <ClassGlyphs />
      {[1, 2, 3, 4].map((step) => (
        <symbol key={step} id={`g-step${step}`} viewBox="0 0 12 12">
          {[0, 1, 2, 3].map((bar) => <rect key={bar} x={0.6 + bar * 3} y="1.6" width="1.8" height="8.8" fill={bar < step ? "currentColor" : "none"} stroke="currentColor" strokeWidth=".8" />)}
        </symbol>
      ))}
      <symbol id="mark" viewBox="0 0 16 16">
        <path d="M2 2V14H14V2" fill="none" stroke="currentColor" strokeWidth="2" />
        <path d="M5.5 7.5H10.5" stroke="var(--cf-accent)" strokeWidth="2" />
      </symbol>
    </svg>
  );
}

/** One for each exposure class: its shape says it without its colour. `unknown` is among those above. */
function ClassGlyphs() {
  const ring = { cx: 6, cy: 6, r: 4.3, fill: "none", stroke: "currentColor", strokeWidth: 1.4 };
  return (
    <>
      <symbol id="g-altered" viewBox="0 0 12 12"><path d="M2 2L10 10M10 2L2 10" stroke="currentColor" strokeWidth="2.4" /></symbol>
      <symbol id="g-touched" viewBox="0 0 12 12"><circle cx="6" cy="6" r="5" fill="currentColor" /></symbol>
      <symbol id="g-leased" viewBox="0 0 12 12"><circle {...ring} /><path d="M6 1.7a4.3 4.3 0 0 1 0 8.6z" fill="currentColor" /></symbol>
      <symbol id="g-held" viewBox="0 0 12 12">
        <rect x="1.7" y="1.7" width="8.6" height="8.6" fill="none" stroke="currentColor" strokeWidth="1.4" />
        <rect x="4.2" y="4.2" width="3.6" height="3.6" fill="currentColor" />
      </symbol>
      <symbol id="g-reachable" viewBox="0 0 12 12"><circle {...ring} strokeDasharray="2.4 1.45" /></symbol>
      <symbol id="g-untouched" viewBox="0 0 12 12"><path d="M2 6H10" stroke="currentColor" strokeWidth="1.4" /></symbol>
    </>
  );
}

export type GlyphName = "halt" | "part" | "run" | "ok" | "none" | "cross" | "clock" | "unknown" | "dots" | "altered" | "touched" | "leased" | "held" | "reachable" | "untouched" | "step1" | "step2" | "step3" | "step4";

export function Glyph({ name }: { name: GlyphName }) {
  return <svg className="gl" aria-hidden="true"><use href={`#g-${name}`} /></svg>;
}
