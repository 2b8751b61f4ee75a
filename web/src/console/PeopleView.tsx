import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api, isProblem } from "../api/client";
import type { Link as LoginLink, Person } from "../api/contract";
import { queries } from "../app/queries";
import { useTitle } from "../app/title";
import { isBlank } from "../ui/blank";
import { CopyText } from "../ui/CopyText";
import { count, moment, plural } from "../ui/format";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { Sheet } from "../ui/Sheet";
import { StateTag } from "../ui/StateTag";
import classes from "./Console.module.css";
import { refusal } from "./ProjectsView";

export function PeopleView() {
  useTitle("People", "Console");
  const { find = "" } = useSearch({ from: "/signed-in/console/people" });
  return <People key={find} first={find} />;
}

function People({ first }: { first: string }) {
  const people = useQuery(queries.people);
  const [find, setFind] = useState(first);
  const [inviting, setInviting] = useState(false);
  const [link, setLink] = useState<{ person: Person; link: LoginLink } | null>(null);
  const making = useMutation({ mutationFn: async (person: Person) => ({ person, link: await api.createLink(person.id) }), onSuccess: setLink });
  const items = people.data ?? [];
  const shown = items.filter((person) => person.name.toLowerCase().includes(find.toLowerCase()) || person.id.includes(find));
  const halted = items.filter((person) => person.halted !== null).length;
  return (
    <>
      <div className={classes["head"]}>
        <div>
          <h1>People</h1>
          <p className="i2">{people.data === undefined ? "Asking the server." : <><b>{count(items.length)}</b> people and components; {halted === 0 ? "none halted" : <b>{halted} halted</b>}.</>}</p>
        </div>
        <Button variant="filled" onClick={() => setInviting(true)}>Invite…</Button>
      </div>
      {making.error !== null && <Trouble title="No link was made">{refusal(making.error)}</Trouble>}
      <Panel title="Everybody who can hold an engagement" aside={<TextInput aria-label="Find by name or id" placeholder="name or id" value={find} onChange={(event) => setFind(event.currentTarget.value)} />}>
        {people.error !== null && people.data === undefined && <Trouble title="The people could not be read">{isProblem(people.error) ? people.error.problem.detail : "The server does not answer. Try again."}</Trouble>}
        {people.data !== undefined && shown.length === 0 && <Empty title={find === "" ? "Nobody yet" : `Nobody with “${find}” in name or id`}>{find === "" ? "Invite the first person: they get a one-time link, and work as soon as they are engaged in a project." : `Searched ${plural(items.length, "name")}.`}</Empty>}
        {shown.length > 0 && (
          <div className={classes["scroll"]}>
            <table className={classes["table"]}>
              <thead><tr><th scope="col">name</th><th scope="col" className="desk">id</th><th scope="col" className="r">engagements</th><th scope="col" className="desk">since</th><th scope="col">state</th><th scope="col"><span className="vh">act</span></th></tr></thead>
              <tbody>
                {shown.slice(0, 500).map((person) => (
                  <tr key={person.id}>
                    <th scope="row"><b>{person.name}</b>{person.operator && <span className="m sm"> operator</span>}{person.kind === "component" && <span className="m sm"> component</span>}</th>
                    <td className="m desk"><CopyText text={person.id} label="id" head={8} /></td>
                    <td className="r">{person.active === 0 ? <span className="m">0</span> : count(person.active)}{person.engagements > person.active && <span className="m sm"> of {count(person.engagements)}</span>}</td>
                    <td className="i2 desk nw">{moment(person.created)}</td>
                    <td><Standing person={person} /></td>
                    <td className="r nw">{person.kind === "person" && <button type="button" className="link" onClick={() => making.mutate(person)} disabled={making.isPending} aria-label={`One-time link for ${person.name}…`}>Link…</button>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Panel>
      {inviting && <InviteDialog onClose={() => setInviting(false)} onMade={(made) => { setInviting(false); setLink(made); }} />}
      {link !== null && <LinkDialog person={link.person} link={link.link} onClose={() => { setLink(null); making.reset(); }} />}
    </>
  );
}

/** Whether somebody can act at all: as an operator, or under an engagement that is active. */
function Standing({ person }: { person: Person }) {
  if (person.halted !== null) return <StateTag state="halted">halted</StateTag>;
  return person.operator || person.active > 0 ? <StateTag state="active">active</StateTag> : <StateTag state="plain">not engaged</StateTag>;
}

function InviteDialog({ onClose, onMade }: { onClose: () => void; onMade: (made: { person: Person; link: LoginLink }) => void }) {
  const [name, setName] = useState("");
  const [steward, setSteward] = useState("");
  const labs = useQuery(queries.labs);
  const client = useQueryClient();
  const making = useMutation({
    mutationFn: async (another: boolean) => {
      const person = await api.createPerson(name.trim(), another);
      if (steward !== "") await api.appointSteward(steward, person.id);
      return { person, link: await api.createLink(person.id) };
    },
    onSuccess: (made) => {
      void client.invalidateQueries();
      onMade(made);
    },
  });
  const taken = isProblem(making.error, "conflict");
  return (
    <Sheet onClose={onClose} title="Invite a person" size={440}>
      <form className={classes["form"]} onSubmit={(event) => { event.preventDefault(); making.mutate(taken); }}>
        <TextInput label="Name" description="Seen by the firm only; labs see a pseudonym." value={name} onChange={(event) => { setName(event.currentTarget.value); making.reset(); }} error={making.error === null ? null : taken ? `Somebody is called ${name.trim()} already. If this is somebody else, invite another of that name.` : refusal(making.error)} data-autofocus />
        <NativeSelect label="Speaks for a lab" description="A steward sees the lab’s portal and may halt it." value={steward} onChange={(event) => setSteward(event.currentTarget.value)} data={[{ value: "", label: "no lab" }, ...(labs.data ?? []).map((lab) => ({ value: lab.id, label: lab.name }))]} />
        <p className="i2 sm">Engage contractors and reviewers from their project’s page.</p>
        <div className={classes["end"]}><Button onClick={onClose}>Close</Button><Button type="submit" variant="filled" disabled={isBlank(name) || making.isPending}>{taken ? "Invite another of that name" : "Invite and make a link"}</Button></div>
      </form>
    </Sheet>
  );
}

function LinkDialog({ person, link, onClose }: { person: Person; link: LoginLink; onClose: () => void }) {
  const url = new URL(link.url, window.location.origin).href;
  const [copied, setCopied] = useState(false);
  return (
    <Sheet onClose={onClose} title={`One-time link for ${person.name}`} size={560}>
      <p>It is shown once, here. Whoever opens it first is signed in as {person.name}; it runs out at {moment(link.expires)} UTC.</p>
      <div className={classes["copy"]}>
        <TextInput aria-label="One-time link" value={url} readOnly onFocus={(event) => event.currentTarget.select()} classNames={{ input: "cf-input mono" }} data-autofocus />
        <Button variant="filled" onClick={() => void navigator.clipboard?.writeText(url).then(() => setCopied(true), () => setCopied(false))}>{copied ? "Copied" : "Copy"}</Button>
      </div>
      <div className={classes["end"]}><Button onClick={onClose}>Done</Button></div>
    </Sheet>
  );
}
