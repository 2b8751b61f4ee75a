-- Times are microseconds since the Unix epoch. Ids are 16 bytes. `sealed` columns hold ciphertext only.

CREATE TABLE lab (
    id      BLOB PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,
    created BIGINT NOT NULL
);

CREATE TABLE principal (
    id      BLOB PRIMARY KEY,
    kind    BIGINT NOT NULL,            -- 0 person, 1 component, 2 job of the platform
    name    TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX principal_by_name ON principal (name, id);

CREATE TABLE project (
    id                BLOB PRIMARY KEY,
    lab               BLOB NOT NULL REFERENCES lab (id) DEFERRABLE,
    name              TEXT NOT NULL,
    template_kind     TEXT NOT NULL,
    template          BLOB NOT NULL,    -- object, version 1
    overlap           BIGINT NOT NULL,
    lease_seconds     BIGINT NOT NULL,
    guideline         BLOB,             -- object
    guideline_version BIGINT NOT NULL DEFAULT 0,
    next_seq          BIGINT NOT NULL DEFAULT 0,
    created           BIGINT NOT NULL,
    UNIQUE (lab, name)
);

-- Who holds an engagement. Believed only where it opens the commitment in the ledger.
CREATE TABLE holder (
    engagement BLOB PRIMARY KEY,
    lab        BLOB NOT NULL,
    principal  BLOB NOT NULL,
    salt       BLOB NOT NULL
);
CREATE INDEX holder_by_principal ON holder (principal);

CREATE TABLE pseudonym (
    lab       BLOB NOT NULL,
    principal BLOB NOT NULL,
    pseudonym BLOB NOT NULL UNIQUE,
    PRIMARY KEY (lab, principal)
);

-- What proves a principal. Believed only where its hash stands in the installation's ledger, at entry `n`.
CREATE TABLE credential (
    id        BLOB PRIMARY KEY,
    secret    BLOB NOT NULL UNIQUE,     -- SHA-256 of the secret
    kind      BIGINT NOT NULL,          -- 0 session, 1 token, 2 link
    principal BLOB NOT NULL,
    bound_to  BLOB,                     -- engagement
    label     TEXT NOT NULL,
    created   BIGINT NOT NULL,
    expires   BIGINT NOT NULL,
    n         BIGINT NOT NULL
);
CREATE INDEX credential_by_principal ON credential (principal);

CREATE TABLE epoch (
    id          BLOB PRIMARY KEY,
    compartment BLOB NOT NULL,
    project     BLOB NOT NULL,
    wrapped     BLOB NOT NULL,
    opened      BIGINT NOT NULL,
    rotation    BIGINT NOT NULL,        -- the entry of its ledger that had last called for new keys of the project; 0: none
    seal        BLOB NOT NULL           -- keyed hash over all of the above
);
CREATE INDEX epoch_by_project ON epoch (project, opened);
CREATE INDEX epoch_by_compartment ON epoch (compartment, id);

CREATE TABLE object (
    id          BLOB NOT NULL,
    version     BIGINT NOT NULL,
    compartment BLOB NOT NULL,
    project     BLOB NOT NULL,
    kind        BIGINT NOT NULL,
    epoch       BLOB NOT NULL,
    bytes       BIGINT NOT NULL,        -- plaintext bytes
    sealed      BLOB NOT NULL,
    seal        BLOB NOT NULL,          -- keyed hash over all of the above
    PRIMARY KEY (id, version)
);
CREATE INDEX object_by_epoch ON object (epoch, id, version);

CREATE TABLE object_set (
    sha256 BLOB PRIMARY KEY,
    list   BLOB NOT NULL
);

CREATE TABLE task (
    id       BLOB PRIMARY KEY,
    project  BLOB NOT NULL,
    seq      BIGINT NOT NULL,
    slots    BIGINT NOT NULL,           -- how many more people it may be handed to
    external BLOB,                      -- keyed hash of the lab's own id, or of what is asked
    input    BLOB NOT NULL,             -- object, version 1
    UNIQUE (project, seq)
);
CREATE UNIQUE INDEX task_external ON task (project, external) WHERE external IS NOT NULL;
CREATE INDEX task_open ON task (project, seq) WHERE slots > 0;

CREATE TABLE assignment (
    id         BLOB PRIMARY KEY,
    task       BLOB NOT NULL,
    project    BLOB NOT NULL,
    seq        BIGINT NOT NULL,         -- the task's
    principal  BLOB NOT NULL,
    engagement BLOB NOT NULL,
    state      BIGINT NOT NULL,         -- 0 claimed, 1 submitted, 2 skipped, 3 expired
    until      BIGINT NOT NULL,
    claimed    BIGINT NOT NULL
);
CREATE UNIQUE INDEX assignment_once ON assignment (task, principal) WHERE state <> 3;
CREATE INDEX assignment_lease ON assignment (project, until) WHERE state = 0;
CREATE INDEX assignment_held ON assignment (project, principal, claimed) WHERE state = 0;
CREATE INDEX assignment_by_principal ON assignment (project, principal, seq);
CREATE INDEX assignment_by_engagement ON assignment (engagement, state, claimed);

CREATE TABLE draft (
    assignment BLOB PRIMARY KEY,
    object     BLOB NOT NULL,
    version    BIGINT NOT NULL,
    saved      BIGINT NOT NULL
);

CREATE TABLE submission (
    id         BLOB PRIMARY KEY,
    assignment BLOB NOT NULL UNIQUE,
    task       BLOB NOT NULL,
    project    BLOB NOT NULL,
    engagement BLOB NOT NULL,           -- the author's
    principal  BLOB NOT NULL,           -- the author
    version    BIGINT NOT NULL,
    state      BIGINT NOT NULL,         -- 0 submitted, 1 accepted, 2 returned, 3 rejected, 4 lapsed
    answer     BLOB NOT NULL,           -- object
    received   BIGINT NOT NULL,
    seal       BLOB NOT NULL            -- keyed hash over all of the above
);
CREATE INDEX submission_by_task ON submission (task);
CREATE INDEX submission_by_project ON submission (project, state, received, id);
CREATE INDEX submission_rework ON submission (project, principal, received) WHERE state = 2;

CREATE TABLE review (
    id         BLOB PRIMARY KEY,
    submission BLOB NOT NULL,
    version    BIGINT NOT NULL,         -- of the submission
    engagement BLOB NOT NULL,           -- the reviewer's
    until      BIGINT NOT NULL,
    verdict    BIGINT,                  -- 0 accept, 1 return, 2 reject; none: still open
    comment    BLOB,                    -- object, version 1
    amended    BLOB,                    -- the answer as the reviewer left it: object, version 1
    given      BIGINT                   -- when the verdict was given
);
CREATE UNIQUE INDEX review_once ON review (submission, version);
CREATE INDEX review_lease ON review (until) WHERE verdict IS NULL;

CREATE TABLE remark (
    id         BLOB PRIMARY KEY,
    question   BLOB,                    -- the remark that it is said to; none: it asks
    project    BLOB NOT NULL,
    task       BLOB,                    -- that it is about, if it is about one
    broken     BIGINT NOT NULL,         -- 1: says that the task is broken
    engagement BLOB NOT NULL,           -- whose
    words      BLOB NOT NULL,           -- object, version 1
    said       BIGINT NOT NULL
);
CREATE INDEX remark_asked ON remark (project, said, id) WHERE question IS NULL;
CREATE INDEX remark_said ON remark (question, said, id) WHERE question IS NOT NULL;

CREATE TABLE timer (
    id         BLOB PRIMARY KEY,
    lab        BLOB NOT NULL,
    project    BLOB NOT NULL,
    engagement BLOB NOT NULL,
    principal  BLOB NOT NULL,
    started    BIGINT NOT NULL,
    beat       BIGINT NOT NULL,
    until      BIGINT,                  -- the end that the engagement was granted with
    ended      BIGINT,
    cause      BIGINT,                  -- 0 stopped, 1 heartbeats ceased, 2 halted, 3 engagement ended
    seal       BLOB NOT NULL            -- keyed hash over all of the above
);
CREATE UNIQUE INDEX timer_running ON timer (engagement) WHERE ended IS NULL;
CREATE INDEX timer_by_engagement ON timer (engagement, started);
CREATE INDEX timer_by_project ON timer (project);

CREATE TABLE delivery (
    id       BLOB PRIMARY KEY,
    lab      BLOB NOT NULL,
    project  BLOB NOT NULL,
    format   TEXT NOT NULL,
    state    BIGINT NOT NULL,           -- 0 offered, 1 accepted, 2 rows returned
    row_count BIGINT NOT NULL,
    left_out BIGINT NOT NULL,
    bytes    BIGINT NOT NULL,           -- of the encrypted file
    sha256   BLOB NOT NULL,             -- of the encrypted file
    manifest TEXT NOT NULL,             -- a signed note: ids, counts and hashes
    created  BIGINT NOT NULL,
    decided  BIGINT,
    seal     BLOB NOT NULL              -- keyed hash over all of the above but the state and what is decided
);
CREATE INDEX delivery_by_lab ON delivery (lab, created);

CREATE TABLE delivery_row (
    delivery BLOB NOT NULL,
    row      BIGINT NOT NULL,           -- from 1
    task     BLOB NOT NULL,
    answers  BLOB NOT NULL,             -- the answers that it is, equal ones or votes: 16 bytes of id and 4 of version each
    returned BIGINT,                    -- when the lab sent it back
    reason   BLOB,                      -- object, version 1
    seal     BLOB NOT NULL,             -- keyed hash over delivery, row, task and answers
    PRIMARY KEY (delivery, row)
);
CREATE INDEX delivery_row_returned ON delivery_row (task, returned) WHERE returned IS NOT NULL;

-- The ledgers. `authorising` numbers the entries that authorise, from 1, without a gap.
CREATE TABLE ledger (
    compartment BLOB NOT NULL,
    n           BIGINT NOT NULL,
    t           BIGINT NOT NULL,
    body        BLOB NOT NULL,
    leaf        BLOB NOT NULL,
    seal        BLOB NOT NULL,
    authorising BIGINT,
    engagement  BLOB,
    about       BLOB,                   -- the thing whose state the entry changed, for finding it
    PRIMARY KEY (compartment, n)
);
CREATE INDEX ledger_about ON ledger (compartment, about, n) WHERE about IS NOT NULL;
CREATE UNIQUE INDEX ledger_authorising ON ledger (compartment, authorising) WHERE authorising IS NOT NULL;

CREATE TABLE inventory (
    id        BLOB PRIMARY KEY,         -- keyed hash over all of the below
    component BLOB NOT NULL,            -- principal
    sha256    BLOB NOT NULL,            -- inventory_document
    scanned   BIGINT NOT NULL,          -- by the component's clock
    received  BIGINT NOT NULL
);
CREATE INDEX inventory_by_component ON inventory (component, received, id);

CREATE TABLE inventory_document (
    sha256   BLOB PRIMARY KEY,
    document TEXT NOT NULL              -- without the time of the scan
);

CREATE TABLE advisory (
    id       TEXT PRIMARY KEY,          -- of the OSV record
    sha256   BLOB NOT NULL,             -- of the document
    document TEXT NOT NULL,
    taken    BIGINT NOT NULL,
    seal     BLOB NOT NULL              -- keyed hash over id, sha256 and taken
);

CREATE TABLE advisory_replaced (
    sha256   BLOB PRIMARY KEY,          -- of the document
    document TEXT NOT NULL              -- of a record that another came in place of
);

CREATE TABLE incident (
    id       BLOB PRIMARY KEY,          -- keyed hash over all of the below
    title    TEXT NOT NULL,
    reason   TEXT NOT NULL,
    for_labs TEXT,                      -- the same for the labs concerned
    record   TEXT,                      -- of the advisory that it was opened from
    records  BLOB NOT NULL,             -- SHA-256 of each document of the event that it was opened on, one after the other
    operator BLOB NOT NULL,             -- principal
    opened   BIGINT NOT NULL
);

CREATE TABLE incident_subject (
    incident BLOB NOT NULL,
    kind     BIGINT NOT NULL,           -- 0 component, 1 person, 2 credential, 3 platform
    subject  BLOB NOT NULL,             -- its id
    grounds  BIGINT NOT NULL,           -- 0 named, 1 affected, 2 unknown
    added    BIGINT NOT NULL,
    rebuilt  BIGINT,                    -- its host, as was last declared
    seal     BLOB NOT NULL,             -- keyed hash over all of the above
    PRIMARY KEY (incident, kind, subject)
);

CREATE TABLE incident_claim (
    incident BLOB NOT NULL,
    n        BIGINT NOT NULL,           -- from 1
    source   TEXT NOT NULL,
    since    BIGINT NOT NULL,
    until    BIGINT,
    operator BLOB NOT NULL,
    taken    BIGINT NOT NULL,
    seal     BLOB NOT NULL,             -- keyed hash over all of the above
    PRIMARY KEY (incident, n)
);

CREATE TABLE incident_move (
    incident BLOB NOT NULL,
    n        BIGINT NOT NULL,           -- from 1
    state    BIGINT NOT NULL,           -- 0 open, 1 contained, 2 assessed, 3 closed
    reason   TEXT NOT NULL,
    for_labs TEXT,                      -- the same for the labs concerned
    operator BLOB NOT NULL,
    moved    BIGINT NOT NULL,
    seal     BLOB NOT NULL,             -- keyed hash over all of the above
    PRIMARY KEY (incident, n)
);

CREATE TABLE incident_lab (
    incident BLOB NOT NULL,
    lab      BLOB NOT NULL,
    own      BLOB NOT NULL,             -- the lab's own id for it: random
    told     BIGINT NOT NULL,
    decision BIGINT,                    -- the last: 0 continue, 1 review, 2 halt
    conditions BIGINT,                  -- what is to be checked before work goes on, a bit each
    decided  BIGINT,
    seal     BLOB NOT NULL,             -- keyed hash over all of the above
    PRIMARY KEY (incident, lab)
);
CREATE UNIQUE INDEX incident_own ON incident_lab (lab, own);

CREATE TABLE wall_act (
    wall     BLOB NOT NULL,
    n        BIGINT NOT NULL,           -- from 1: it was declared
    name     TEXT NOT NULL,
    reason   TEXT NOT NULL,
    operator BLOB NOT NULL,             -- principal
    done     BIGINT NOT NULL,
    seal     BLOB NOT NULL,             -- keyed hash over all of the above
    PRIMARY KEY (wall, n)
);

CREATE TABLE able (
    principal BLOB PRIMARY KEY,
    skills    TEXT NOT NULL,            -- a line for each
    languages TEXT NOT NULL,            -- a line for each
    hours     BIGINT NOT NULL,          -- a week
    seal      BLOB NOT NULL             -- keyed hash over all of the above
);

CREATE TABLE wanted (
    project   BLOB PRIMARY KEY,
    skills    TEXT NOT NULL,            -- a line for each
    languages TEXT NOT NULL,            -- a line for each
    hours     BIGINT NOT NULL,          -- a week; 0: any
    seats     BIGINT NOT NULL,
    notice    TEXT NOT NULL,
    seal      BLOB NOT NULL             -- keyed hash over all of the above
);
-- Notices: ids alone, numbered from 1 for each recipient. What each was made of stands in a ledger.
CREATE TABLE notice (
    recipient   BLOB NOT NULL,          -- principal
    n           BIGINT NOT NULL,
    id          BLOB NOT NULL UNIQUE,   -- keyed hash over all but n
    kind        BIGINT NOT NULL,
    about       BLOB NOT NULL,          -- an id: of what, the kind says
    engagement  BLOB,                   -- the recipient's own
    lab         BLOB,                   -- for its stewards, and for operators
    compartment BLOB NOT NULL,          -- the entry that it was made of
    entry       BIGINT NOT NULL,
    moment      BIGINT NOT NULL,        -- that entry's time
    PRIMARY KEY (recipient, n)
);

CREATE TABLE notice_read (
    recipient BLOB PRIMARY KEY,
    n         BIGINT NOT NULL           -- of the last notice that they have seen
);

-- How far each ledger was read for notices.
CREATE TABLE notice_cursor (
    compartment BLOB PRIMARY KEY,
    next        BIGINT NOT NULL,
    seal        BLOB NOT NULL           -- keyed hash over all of the above
);

-- Entries of the installation's ledger that a lab is still to be told of: its own was closed.
CREATE TABLE notice_missed (
    lab   BLOB NOT NULL,
    entry BIGINT NOT NULL,
    seal  BLOB NOT NULL,                -- keyed hash over all of the above
    PRIMARY KEY (lab, entry)
);

-- Believed only where the installation's ledger names the seal.
CREATE TABLE address (
    principal BLOB PRIMARY KEY,
    email     TEXT NOT NULL,
    operator  BLOB NOT NULL,
    since     BIGINT NOT NULL,
    seal      BLOB NOT NULL             -- keyed hash over all of the above
);

-- Obeyed only while the lab's ledger names the id.
CREATE TABLE webhook (
    id        BLOB PRIMARY KEY,         -- keyed hash over all of the below; its secret is derived from it
    lab       BLOB NOT NULL,
    url       TEXT NOT NULL,
    principal BLOB NOT NULL,            -- who set it
    since     BIGINT NOT NULL
);
CREATE INDEX webhook_by_lab ON webhook (lab, id);

CREATE TABLE outbox (
    id          BLOB PRIMARY KEY,       -- keyed hash over all up to `moment`
    channel     BIGINT NOT NULL,        -- 0 e-mail, 1 webhook
    target      BLOB NOT NULL,          -- principal, or webhook
    kind        BIGINT NOT NULL,
    about       BLOB NOT NULL,
    engagement  BLOB,
    lab         BLOB,
    compartment BLOB NOT NULL,
    entry       BIGINT NOT NULL,
    moment      BIGINT NOT NULL,
    state       BIGINT NOT NULL,        -- 0 waiting, 1 delivered, 2 given up, 3 not wanted any more
    attempts    BIGINT NOT NULL,
    due         BIGINT NOT NULL         -- when it is tried next
);
CREATE INDEX outbox_due ON outbox (due) WHERE state = 0;
CREATE INDEX outbox_by_target ON outbox (target, id);

CREATE TABLE outbox_attempt (
    message BLOB NOT NULL,              -- outbox
    n       BIGINT NOT NULL,            -- from 1
    tried   BIGINT NOT NULL,
    outcome BIGINT NOT NULL,            -- 0 delivered, 1 answered otherwise, 2 unreachable, 3 not in time, 4 not allowed
    status  BIGINT,                     -- of HTTP or of SMTP, where there was an answer
    seal    BLOB NOT NULL,              -- keyed hash over all of the above
    PRIMARY KEY (message, n)
);
CREATE INDEX outbox_attempt_by_time ON outbox_attempt (tried, message, n);

CREATE TABLE ledger_head (
    compartment BLOB PRIMARY KEY,
    size        BIGINT NOT NULL,
    t           BIGINT NOT NULL,
    authorising BIGINT NOT NULL,
    integrated  BIGINT NOT NULL,
    checkpoint  TEXT,
    seal        BLOB                    -- keyed hash over compartment, size, t and authorising
);

CREATE TABLE ledger_tile (
    compartment BLOB NOT NULL,
    level       BIGINT NOT NULL,
    position    BIGINT NOT NULL,
    hashes      BLOB NOT NULL,
    PRIMARY KEY (compartment, level, position)
);

CREATE TABLE passkey (
    credential BLOB PRIMARY KEY,
    handle     BLOB NOT NULL UNIQUE,    -- what the authenticator calls it
    key        BLOB NOT NULL            -- a COSE public key; the credential's hash in place of a secret's is over both
);

-- Challenges that were answered, until nobody can answer them any more.
CREATE TABLE challenge (
    nonce BLOB PRIMARY KEY,
    until BIGINT NOT NULL
);

CREATE TABLE idempotency (
    request BLOB PRIMARY KEY,           -- hash of caller and key
    body    BLOB NOT NULL,              -- hash of method, path and body; then a keyed hash over all of this
    outcome TEXT NOT NULL,              -- ids only
    created BIGINT NOT NULL
);

-- Holds a row while a copy into this database is under way: until then nothing here may be believed.
CREATE TABLE copying (
    mark BIGINT PRIMARY KEY
);
