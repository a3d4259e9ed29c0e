/** Records that no service could read, by topic; on a click the newest of them with reason and bytes. */
import type { DeadLetter, DeadLetters as Told } from "../../generated/api.ts";
import { Panel } from "../../components/Panel.tsx";
import { Answered, Empty } from "../../components/States.tsx";
import { useAsked } from "../../lib/asked.ts";
import { useLuna } from "../../lib/context.ts";
import { amount, counted } from "../../lib/format.ts";
import { useFilter } from "../../lib/route.ts";
import { useStore } from "../../lib/store.ts";
import { bytesOf, hexLines } from "./bytes.ts";

const EVERY_MS = 10_000;

export function DeadLetters() {
  const luna = useLuna();
  const counts = useStore(luna.stats, (stats) => stats?.dlq);
  const [topic, choose] = useFilter("dlq");
  const all = Object.entries(counts ?? {});
  const total = all.reduce((sum, [, number]) => sum + number, 0);
  const shown = all.filter(([name, number]) => number > 0 || name === topic);
  return (
    <Panel title="Dead letters" className="health-wide" note={counts === undefined ? undefined : counted(total, "record", "records")}>
      {shown.length === 0 ? (
        <Empty title="No dead letters" words="Every record so far could be read. One that cannot goes to its dead-letter topic with the reason, and shows up here." />
      ) : (
        <div className="letters">
          <ul className="letters-topics" aria-label="Topics with dead letters">
            {shown.map(([name, number]) => (
              <li key={name}>
                <button type="button" className="button" aria-pressed={name === topic} data-testid={`dlq-${name}`} onClick={() => choose(name === topic ? null : name)}>
                  <span className="mono">{name}.dlq</span>
                  <b>{amount(number)}</b>
                </button>
              </li>
            ))}
          </ul>
          {topic === "" ? <p className="letters-hint">Choose a topic to see its letters.</p> : <Letters topic={topic} />}
        </div>
      )}
    </Panel>
  );
}

function Letters({ topic }: { readonly topic: string }) {
  const question = useAsked<Told>(`/dlq/${encodeURIComponent(topic)}?limit=50`, { everyMs: EVERY_MS });
  return (
    <Answered question={question} what={`the dead letters of ${topic}`}>
      {({ letters }) =>
        letters.length === 0 ? (
          <Empty title="None are kept" words="Their retention has passed." />
        ) : (
          <ol className="letters-list" data-testid="letters">
            {letters.map((letter) => (
              <OneLetter key={`${letter.partition}:${letter.offset}`} letter={letter} />
            ))}
          </ol>
        )
      }
    </Answered>
  );
}

function OneLetter({ letter }: { readonly letter: DeadLetter }) {
  const { source, value } = letter;
  const place = `${source.topic} ${source.partition}:${source.offset}`;
  return (
    <li>
      <details>
        <summary>
          <b>{letter.error || "Unreadable"}</b>
          <span>{letter.reason}</span>
          <small className="mono">{place}</small>
        </summary>
        <dl className="letter-facts">
          <div>
            <dt>Group</dt>
            <dd className="mono">{letter.group || "–"}</dd>
          </div>
          <div>
            <dt>Key</dt>
            <dd className="mono">{letter.key ?? "–"}</dd>
          </div>
          <div>
            <dt>Written</dt>
            <dd className="mono">{letter.timestamp}</dd>
          </div>
          <div>
            <dt>Bytes</dt>
            <dd>{amount(letter.value_bytes)}</dd>
          </div>
        </dl>
        {value === null ? <p className="letters-hint">It has no value.</p> : <Dump value={value} />}
      </details>
    </li>
  );
}

function Dump({ value }: { readonly value: string }) {
  return (
    <pre className="dump mono" tabIndex={0} aria-label="Bytes of the record">
      {hexLines(bytesOf(value))
        .map(({ offset, hex, text }) => `${offset}  ${hex.padEnd(47)}  ${text}`)
        .join("\n")}
    </pre>
  );
}
