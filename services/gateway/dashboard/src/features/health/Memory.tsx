/** How much the gateway and this page hold in memory. */
import { Panel } from "../../components/Panel.tsx";
import { Answered } from "../../components/States.tsx";
import { useAsked } from "../../lib/asked.ts";
import { useLuna } from "../../lib/context.ts";
import { amount } from "../../lib/format.ts";
import { useStore } from "../../lib/store.ts";
import { megabytes, valueOf } from "./exposition.ts";

const EVERY_MS = 5000;

/** Chromium tells; others do not. */
function heap(): number | null {
  const { memory } = performance as { readonly memory?: { readonly usedJSHeapSize: number } };
  return memory?.usedJSHeapSize ?? null;
}

export function Memory() {
  const luna = useLuna();
  const question = useAsked<string>("/metrics", { base: "", everyMs: EVERY_MS });
  const kept = useStore(luna.feed, ({ version }) => (version >= 0 ? luna.feed.ring.size : 0));
  return (
    <Panel title="Memory" note="Others tell Prometheus">
      <Answered question={question} what="the gateway's memory">
        {(text) => (
          <dl className="memory">
            <div>
              <dt>Gateway, resident</dt>
              <dd data-testid="memory-gateway">{megabytes(valueOf(text, "process_resident_memory_bytes"))}</dd>
            </div>
            <div>
              <dt>Gateway, open files</dt>
              <dd>{amount(valueOf(text, "process_open_fds"))}</dd>
            </div>
            <div>
              <dt>This page</dt>
              <dd>{megabytes(heap())}</dd>
            </div>
            <div>
              <dt>Events kept by this page</dt>
              <dd>{amount(kept)}</dd>
            </div>
          </dl>
        )}
      </Answered>
    </Panel>
  );
}
