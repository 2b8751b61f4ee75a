import { Checkbox, Modal } from "@mantine/core";
import { useState } from "react";
import { setSingleKeys, singleKeysOn } from "./keys";
import classes from "./KeysPanel.module.css";

export type KeyList = [keys: string[], does: string][];

export function KeysPanel({ opened, onClose, keys }: { opened: boolean; onClose: () => void; keys: KeyList }) {
  const [single, setSingle] = useState(singleKeysOn);
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" size={420}>
      <dl className={classes["keys"]}>
        {keys.map(([names, does]) => (
          <div key={does}>
            <dt>{names.map((name) => <kbd key={name}>{name}</kbd>)}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <Checkbox
        mt={12}
        checked={single}
        onChange={(event) => {
          setSingle(event.currentTarget.checked);
          setSingleKeys(event.currentTarget.checked);
        }}
        label="Single-letter keys are on"
      />
      <p className="cf-help">They are off while you type in any case.</p>
    </Modal>
  );
}
