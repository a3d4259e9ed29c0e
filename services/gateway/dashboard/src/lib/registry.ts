/** The contracts by topic, from the gateway's read-only registry. */
import { useEffect, useState } from "react";

export interface Contract {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
}

const asked = new Map<string, Promise<Contract | null>>();

async function ask(subject: string): Promise<Contract | null> {
  try {
    const response = await fetch(`/registry/subjects/${encodeURIComponent(subject)}/versions/latest`, { signal: AbortSignal.timeout(8000) });
    return response.ok ? ((await response.json()) as Contract) : null;
  } catch {
    return null;
  }
}

/** The newest contract of a topic's values; asked once, again after a failure. */
export function contractOf(topic: string): Promise<Contract | null> {
  const subject = `${topic}-value`;
  const known = asked.get(subject);
  if (known !== undefined) {
    return known;
  }
  const answer = ask(subject).then((contract) => {
    if (contract === null) {
      asked.delete(subject);
    }
    return contract;
  });
  asked.set(subject, answer);
  return answer;
}

export function useContract(topic: string): Contract | null {
  const [known, setKnown] = useState<{ readonly topic: string; readonly contract: Contract | null } | null>(null);
  useEffect(() => {
    let wanted = true;
    void contractOf(topic).then((contract) => (wanted ? setKnown({ topic, contract }) : undefined));
    return () => {
      wanted = false;
    };
  }, [topic]);
  return known?.topic === topic ? known.contract : null;
}
