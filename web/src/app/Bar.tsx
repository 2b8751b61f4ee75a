import { Button, Menu, useMantineColorScheme } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { HaltPanel, type HaltScopes } from "../halt/HaltPanel";
import { moment } from "../ui/format";
import { Glyph } from "../ui/Glyphs";
import { useKeys } from "../ui/keys";
import { KeysPanel, type KeyList } from "../ui/KeysPanel";
import { useNow } from "../ui/useNow";
import classes from "./Bar.module.css";
import { schemeOf } from "./scheme";
import { useMe, useSignOut } from "./session";

interface BarProps {
  nav?: { to: string; label: string; current: boolean }[];
  navLabel?: string;
  /** What the bar says of the page, after the navigation. */
  about?: ReactNode;
  /** At the right, before the person. */
  aside?: ReactNode;
  /** What the person is here: author, steward, operator. */
  office: string;
  utcClock?: boolean;
  halt?: HaltScopes;
  keys?: KeyList;
}

export function Bar({ nav = [], navLabel = "Main", about, aside, office, utcClock = false, halt, keys = [] }: BarProps) {
  const [panel, setPanel] = useState<"halt" | "keys" | null>(null);
  const links = useRef<HTMLElement>(null);
  const current = nav.find((item) => item.current)?.to;
  // Where the links do not all fit, the one that is open is the one to see.
  useEffect(() => {
    links.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [current]);
  useKeys({
    "?": () => setPanel("keys"),
    ...(halt === undefined ? {} : { "shift+H": () => setPanel("halt") }),
  });
  const common: KeyList = [...(halt === undefined ? [] : ([[["Shift", "H"], "open the Halt panel; it never halts by itself"]] as KeyList)), [["?"], "these keys"], [["Esc"], "back one layer"]];
  return (
    <>
      <header className={classes["bar"]}>
        <Link to="/" className={classes["brand"]} aria-label="Cofferdam, your start page">
          <svg width="16" height="16" aria-hidden="true"><use href="#mark" /></svg>
          <span>Cofferdam</span>
        </Link>
        {nav.length > 0 && (
          <nav className={classes["nav"]} aria-label={navLabel} ref={links}>
            {nav.map((item) => (
              <Link key={item.to} to={item.to} activeOptions={{ exact: true }} aria-current={item.current ? "page" : undefined} title={item.label}>{item.label}</Link>
            ))}
          </nav>
        )}
        {about}
        <span className="grow" />
        {aside}
        {utcClock && <UtcClock />}
        <PersonMenu office={office} onKeys={() => setPanel("keys")} />
        {halt !== undefined && (
          <Button variant="halt" onClick={() => setPanel(panel === "halt" ? null : "halt")} aria-haspopup="dialog" aria-expanded={panel === "halt"}>
            <Glyph name="halt" />Halt…
          </Button>
        )}
      </header>
      {panel === "halt" && halt !== undefined && <HaltPanel scopes={halt} onClose={() => setPanel(null)} />}
      <KeysPanel opened={panel === "keys"} onClose={() => setPanel(null)} keys={[...keys, ...common]} />
    </>
  );
}

/** The page's title: whose work it is. Shortened where it is too long for the bar, and not drawn on a phone. */
export function BarProject({ project, lab }: { project: string; lab: string }) {
  return <h1 className={classes["about"]} title={`${project} for ${lab}`}><b>{project}</b> <span className="m">for {lab}</span></h1>;
}

function UtcClock() {
  const now = useNow(1000);
  return <span className={`nw ${classes["wide"]}`}><b>{moment(now.toISOString(), { now, seconds: true })}</b> <span className="m">UTC</span></span>;
}

const SCHEMES = [["auto", "As the system"], ["light", "Light"], ["dark", "Dark"]] as const;

function PersonMenu({ office, onKeys }: { office: string; onKeys: () => void }) {
  const me = useMe();
  const signOut = useSignOut();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu withinPortal={false}>
      <Menu.Target>
        <button type="button" className={classes["person"]} aria-label={`${me.name}, ${office}: settings and sign out`}>
          <span className={classes["wide"]}>{me.name}, {office}</span>
          <span className={classes["narrow"]}><Glyph name="dots" /></span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.name}, {office}</Menu.Label>
        <Menu.Label>Colours</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(schemeOf(value))}>
          {SCHEMES.map(([value, label]) => (
            <Menu.RadioItem key={value} value={value} closeMenuOnClick checkIcon={<Glyph name="ok" />}>{label}</Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Label>This session</Menu.Label>
        <Menu.Item onClick={onKeys} rightSection={<kbd>?</kbd>}>Keys…</Menu.Item>
        <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
