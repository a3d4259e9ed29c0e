/** Name, simulated clock, phase, weather, connection, and what belongs to the page itself. */
import { Icon, type IconName } from "../../components/Icon.tsx";
import { useLuna } from "../../lib/context.ts";
import { capital, clockTime, dayOf, plain, weekdayOf } from "../../lib/format.ts";
import { panels, togglePanel } from "../../lib/panels.ts";
import { cityName } from "../../lib/place.ts";
import { hashOf } from "../../lib/route.ts";
import { fullScreen, toggleFullScreen } from "../../lib/screen.ts";
import { SKIES } from "../../lib/sky.ts";
import { useStore } from "../../lib/store.ts";
import { chooseTheme, theme } from "../../lib/theme.ts";
import { tourAct } from "../../lib/tour.ts";
import { Connection } from "./Connection.tsx";
import { PhaseChip } from "./PhaseChip.tsx";
import "./status.css";

export function Header({ onPalette }: { readonly onPalette: () => void }) {
  return (
    <header className="header">
      <Wordmark />
      <Clock />
      <PhaseChip />
      <div className="header-end">
        <WeatherNow />
        <Connection />
        <div className="header-tools">
          <button type="button" className="button palette-open" aria-label="Find or do Ctrl K" data-testid="palette-open" onClick={onPalette}>
            <Icon name="search" />
            <span>Find or do</span> <kbd>Ctrl K</kbd>
          </button>
          <Tool name="Guided tour" icon="compass" onClick={() => tourAct.set(0)} testId="tour-open" />
          <PanelTools />
          <ScreenToggle />
          <ThemeToggle />
        </div>
      </div>
    </header>
  );
}

function Wordmark() {
  return (
    <h1 className="wordmark">
      <a href={hashOf("city")}>
        <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
          <path d="M24.6 23.1A11.2 11.2 0 1 1 15.4 4.7a9.2 9.2 0 0 0 9.2 18.4Z" fill="currentColor" />
          <circle cx="24.4" cy="9.4" r="2.6" fill="currentColor" />
        </svg>
        <span>Luna</span>
      </a>
    </h1>
  );
}

function Clock() {
  const luna = useLuna();
  const now = useStore(luna.state, (state) => state?.simulation_time ?? null);
  const [hours, minutes, seconds] = (now === null ? "--:--:--" : clockTime(now)).split(":");
  return (
    <div className="clock">
      <time className="clock-time" data-testid="clock" dateTime={now ?? undefined} aria-label={`Simulated time in ${cityName()}`}>
        {hours}:{minutes}
        <span className="clock-seconds">:{seconds}</span>
      </time>
      <span className="clock-day">
        <b>{now === null ? cityName() : weekdayOf(now)}</b>
        <span>{now === null ? "Waiting for its clock" : `${dayOf(now).replace(/^\w+, /, "")}, ${cityName()}`}</span>
      </span>
    </div>
  );
}


function WeatherNow() {
  const luna = useLuna();
  const weather = useStore(luna.weather, (known) => known);
  if (weather === null) {
    return null;
  }
  return (
    <span className="weather" title={weather.wind_kph === undefined ? undefined : `Wind ${Math.round(weather.wind_kph)} km/h`}>
      <Icon name={SKIES[weather.condition] ?? "cloud"} />
      <span>{Math.round(weather.temperature_c)} °C</span>
      <span className="weather-word">{capital(plain(weather.condition))}</span>
    </span>
  );
}

interface ToolProperties {
  readonly name: string;
  readonly icon: IconName;
  readonly onClick: () => void;
  readonly pressed?: boolean;
  readonly className?: string;
  readonly testId?: string;
}

function Tool({ name, icon, onClick, pressed, className = "", testId }: ToolProperties) {
  return (
    <button type="button" className={`button button-quiet icon-button ${className}`} aria-label={name} aria-pressed={pressed} title={name} data-testid={testId} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

function PanelTools() {
  const figures = useStore(panels, (known) => known.figures);
  const side = useStore(panels, (known) => known.side);
  return (
    <>
      <Tool name="Figures beside the view" icon="strip" className="wide-only" pressed={figures} onClick={() => togglePanel("figures")} testId="panel-figures" />
      <Tool name="Controls and feed beside the view" icon="side" className="wide-only" pressed={side} onClick={() => togglePanel("side")} testId="panel-side" />
    </>
  );
}

function ScreenToggle() {
  const full = useStore(fullScreen, (known) => known);
  return <Tool name={full ? "Leave full screen" : "Full screen"} icon={full ? "shrink" : "expand"} className="wide-only" onClick={toggleFullScreen} />;
}

function ThemeToggle() {
  const now = useStore(theme, (known) => known);
  const next = now === "dark" ? "light" : "dark";
  return <Tool name={`Switch to the ${next} theme`} icon={now === "dark" ? "sun" : "moon"} onClick={() => chooseTheme(next)} />;
}
