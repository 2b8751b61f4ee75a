import { useCallback, useRef, useState } from "react";
import { api } from "../api/client";
import type { Question, Role } from "../api/contract";
import { answers, inOrder, joined, unread } from "./questions";

export interface Questions {
  /** Null before they were asked for. */
  items: readonly Question[] | null;
  more: boolean;
  busy: boolean;
  trouble: string | null;
  /** Reads the first page, where none was. */
  begin: () => void;
  /** Reads the first page anew. */
  again: () => void;
  older: () => void;
  put: (question: Question) => void;
}

type State = Pick<Questions, "items" | "busy" | "trouble"> & { next: string | null };

const UNREAD: State = { items: null, next: null, busy: false, trouble: null };

/** A project's questions. Each look is recorded and counted: nothing is read before somebody asks, and nothing by itself. */
export function useQuestions(engagement: string, role: Role, project?: string): Questions {
  const [state, setState] = useState<State>(UNREAD);
  const busy = useRef(false);
  const begun = useRef(false);
  const ask = useCallback(async (cursor: string | null) => {
    if (busy.current) return;
    busy.current = true;
    setState((was) => ({ ...was, busy: true, trouble: null }));
    try {
      const page = await api.questions(engagement, { ...(project === undefined ? {} : { project }), ...(cursor === null ? {} : { cursor }) });
      setState((was) => ({ items: joined(cursor === null ? [] : (was.items ?? []), inOrder(page.items, answers(role))), next: page.next ?? null, busy: false, trouble: null }));
    } catch (error) {
      if (cursor === null) begun.current = false;
      setState((was) => ({ ...was, busy: false, trouble: unread(error) }));
    } finally {
      busy.current = false;
    }
  }, [engagement, project, role]);
  const begin = useCallback(() => {
    if (begun.current) return;
    begun.current = true;
    void ask(null);
  }, [ask]);
  const put = useCallback((question: Question) => {
    setState((was) => {
      // Before they were read there is no list to put it on.
      if (was.items === null) return was;
      const { items } = was;
      const known = items.some((one) => one.question === question.question);
      return { ...was, items: known ? items.map((one) => (one.question === question.question ? question : one)) : [question, ...items] };
    });
  }, []);
  return { items: state.items, more: state.next !== null, busy: state.busy, trouble: state.trouble, begin, again: () => void ask(null), older: () => void ask(state.next), put };
}
