import { describe, expect, it } from "vitest";
import type { EngagementView } from "../src/api/contract";
import { clockWords, standingOf, titleWord } from "../src/work/standing";

const HALT: EngagementView["halted"] = { halt: "hlt_1", scope: "installation", reason: "drill", sentence: "This is a drill.", since: "2026-03-24T10:39:00Z", until: null };

describe("how an open workbench stands", () => {
  it("tells an end from a halt, by the session or by the last answer", () => {
    expect(standingOf({ state: "active", halted: null }, null)).toBe("open");
    expect(standingOf({ state: "active", halted: HALT }, null)).toBe("halted");
    expect(standingOf({ state: "active", halted: null }, "halted")).toBe("halted");
    expect(standingOf({ state: "ended", halted: null }, null)).toBe("ended");
    expect(standingOf({ state: "active", halted: null }, "ended")).toBe("ended");
    expect(standingOf({ state: "not-begun", halted: null }, null)).toBe("not-begun");
  });
  it("does not promise that what has ended goes on when a halt is resumed", () => {
    expect(standingOf({ state: "ended", halted: HALT }, "halted")).toBe("ended");
  });
  it("says beside the clock why it stands still", () => {
    expect(clockWords("ended", true)).toBe("stopped: the engagement has ended");
    expect(clockWords("halted", true)).toBe("stopped by the halt");
    expect(clockWords("open", true)).toBe("active, paused when idle");
    expect(clockWords("open", true, true)).toBe("active; your timer elsewhere was stopped");
    expect(clockWords("open", false)).toBe("paused; move to go on");
  });
});

describe("the title of a workbench", () => {
  it("begins with what is done there, or with what keeps it from being done", () => {
    expect(titleWord("open", "Work")).toBe("Work");
    expect(titleWord("halted", "Review")).toBe("Halted");
    expect(titleWord("ended", "Work")).toBe("Ended");
  });
});
