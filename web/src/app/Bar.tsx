import { Button, Menu, useMantineColorScheme } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from "react";
import { HaltPanel, type HaltScopes } from "../halt/HaltPanel";
import { moment } from "../ui/format";
import { Glyph } from "../ui/Glyphs";
import { useKeys } from "../ui/keys";
import { KeysPanel, type KeyList } from "../ui/KeysPanel";
import { useNow } from "../ui/useNow";
import classes from "./Bar.module.css";
import { schemeOf } from "./scheme";
import { useMe, useSignOut } from "./session";

const Palette = lazy(async () => ({ default: (await import("../palette/Palette")).Palette }));

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
  /** Whether there is a way to anything by its name or id. */
  search?: boolean;
  keys?: KeyList;
}

export function Bar({ nav = [], navLabel = "Main", about, aside, office, utcClock = false, halt, search = false, keys = [] }: BarProps) {
  const [panel, setPanel] = useState<"halt" | "keys" | "search" | null>(null);
  const links = useRef<HTMLElement>(null);
  const current = nav.find((item) => item.current)?.to;
  // Where the links do not all fit, the one that is open is the one to see.
  useEffect(() => {
    links.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [current]);
  useKeys({
    "?": () => setPanel("keys"),
    ...(search ? { "mod+k": () => setPanel("search") } : {}),
    ...(halt === undefined ? {} : { "shift+H": () => setPanel("halt") }),
  });
  const common: KeyList = [...(search ? ([[["Ctrl", "K"], "search by name or id, or act"]] as KeyList) : []), ...(halt === undefined ? [] : ([[["Shift", "H"], "open the Halt panel; it never halts by itself"]] as KeyList)), [["?"], "these keys"], [["Esc"], "back one layer"]];
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
        {search && <button type="button" className={`${classes["search"]} ${classes["wide"]}`} aria-haspopup="dialog" onClick={() => setPanel("search")}>Search<span className={classes["roomy"]}>, or act <kbd>Ctrl K</kbd></span></button>}
        {aside}
        {utcClock && <UtcClock />}
        <PersonMenu office={office} onKeys={() => setPanel("keys")} onSearch={search ? () => setPanel("search") : null} />
        {halt !== undefined && (
          <Button variant="halt" onClick={() => setPanel(panel === "halt" ? null : "halt")} aria-haspopup="dialog" aria-expanded={panel === "halt"}>
            <Glyph name="halt" />Halt…
          </Button>
        )}
      </header>
      {panel === "halt" && halt !== undefined && <HaltPanel scopes={halt} onClose={() => setPanel(null)} />}
      {panel === "search" && <Suspense fallback={null}><Palette onHalt={() => setPanel("halt")} onClose={() => setPanel(null)} /></Suspense>}
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

function PersonMenu({ office, onKeys, onSearch }: { office: string; onKeys: () => void; onSearch: (() => void) | null }) {
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
        {onSearch !== null && <Menu.Item onClick={onSearch} rightSection={<kbd>Ctrl K</kbd>}>Search, or act…</Menu.Item>}
        <Menu.Label>Colours</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(schemeOf(value))}>
          {SCHEMES.map(([value, label]) => (
            <Menu.RadioItem key={value} value={value} closeMenuOnClick checkIcon={<Glyph name="ok" />}>{label}</Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Label>This session</Menu.Label>
        <Menu.Item onClick={onKeys} rightSection={<kbd>?</kbd>}>Keys…</Menu.Item>
        <Menu.Item component={Link} to="/ways-in">Ways in</Menu.Item>
        <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
