import { atLocalhost, type Unable as Why } from "./passkeys";

const WHY: Record<Why, string> = {
  local: "Passkeys are for a host’s name, and this address is a number.",
  number: "Passkeys are for a host’s name, and this address is a number. Open this page by the name that your firm gives it.",
  insecure: "Passkeys need HTTPS, and this page came without. Open it by https, at the address that your firm gives it.",
  unknown: "This browser knows no passkeys. Update it, or use another one.",
};

/** Why there is no passkey here, and where there is: in place of a button that would do nothing. */
export function Unable({ why }: { why: Why }) {
  return (
    <p className="i2">
      {WHY[why]}
      {why === "local" && <> <a className="link" href={atLocalhost(window.location.href)}>Open this page at localhost</a>, and sign in there.</>}
    </p>
  );
}
