/** The pattern of each exposure class, once per page: `fill="url(#x-touched)"`. Never by colour alone. */
export function Patterns() {
  return (
    <svg width="0" height="0" aria-hidden="true" style={{ position: "absolute" }}>
      <defs>
        <pattern id="x-altered" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="6" height="6" fill="var(--x-altered-mark)" /><path d="M0 0H6M0 0V6" stroke="var(--x-altered-ground)" strokeWidth="2" />
        </pattern>
        <pattern id="x-touched" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="var(--x-touched-mark)" /></pattern>
        <pattern id="x-leased" width="5" height="5" patternUnits="userSpaceOnUse">
          <rect width="5" height="5" fill="var(--x-leased-ground)" /><rect width="5" height="3" fill="var(--x-leased-mark)" />
        </pattern>
        <pattern id="x-held" width="6" height="6" patternUnits="userSpaceOnUse">
          <rect width="6" height="6" fill="var(--x-held-ground)" /><rect width="2" height="6" fill="var(--x-held-mark)" />
        </pattern>
        <pattern id="x-unknown" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
          <rect width="8" height="8" fill="var(--x-unknown-ground)" /><rect width="8" height="3" fill="var(--x-unknown-mark)" />
        </pattern>
        <pattern id="x-reachable" width="6" height="6" patternUnits="userSpaceOnUse">
          <rect width="6" height="6" fill="var(--x-reachable-ground)" /><circle cx="3" cy="3" r="1" fill="var(--x-reachable-mark)" />
        </pattern>
        <pattern id="x-untouched" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="var(--cf-surface)" /></pattern>
        <pattern id="x-may" width="5" height="5" patternUnits="userSpaceOnUse">
          <rect width="5" height="5" fill="var(--cf-surface)" /><circle cx="2.5" cy="2.5" r="1.3" fill="var(--x-touched-mark)" />
        </pattern>
      </defs>
    </svg>
  );
}
